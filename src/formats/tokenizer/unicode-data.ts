// Made by test/fixtures/unicode_tables.py of tokenizers 0.23: not edited by hand.
// Sets are the lengths of runs outside and inside in turn, from 0 on, to the base 36.

/** White space. */
export const spaces: string = `
9 5 i 1 2s 1 q 1 4bj 1 1vj b t 2 5 1 1b 1 334 1
`;

/** What BertNormalizer removes with clean_text. */
export const cleaned: string = `
0 9 2 2 1 i 2n x d 1 11u 6 m 1 5c 1 1d 1 3cu 1 1ks 5 q 5 1d 5 1 a 11u8 4xs 16n 1 6x 3 1 1 3b3 1
xya 4 43z 8 h406 1 u 2o 1egw 1eke 2 1eke
`;

/** What BertNormalizer puts between spaces. */
export const ideographs: string = `
a9s 534 1s g74 hkw e8 1fk0 wyo w 3ds 74 49c 85s f4
`;

/** What BertNormalizer removes with strip_accents, of a text in NFD. */
export const accents: string = `
lc 34 7n 5 7d 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1
5 17 3 3r w 1j 1 1 1 4 8 4 1 3 7 a 2 t 1 1m 1 4 4 8 1 k 2 t 2 1l 1 4 2 4 2 2 3 3 1 u 2 3 1 b 2
1l 1 4 5 1 2 4 1 k 2 t 1 1m 1 2 1 1 4 8 1 8 1 b 2 u 1 1p 1 c 1 1e 1 1p 3 5 3 1 4 7 2 b 2 t 1 1m
1 2 1 6 1 5 2 k 2 t 1 1r 4 8 1 k 2 2u 1 7 3 1 1 2i 1 2 7 c 8 2q 1 2 6 1 2 b 6 22 2 r 1 1 1 1 1
1j e 1 5 1 2 5 b 1 10 9 1 2u 4 1 6 1 2 2 2 p 2 4 3 g 4 d 1 2 2 6 1 f 1 jj 3 qa 3 t 3 t 2 u 2 1s
2 1 7 8 1 2 b 9 1 19 3 4b 1 3a 3 4 2 9 1 6 3 63 2 2 1 1m 1 1 7 1 1 1 1 2 8 6 a 2 1 1c e 1u 4 1c
1 1 5 1 1 5 1 14 9 c 2 w 4 2 2 1 3 1k 1 1 2 3 1 1 3 1m 8 2 2 48 3 1 d 1 7 4 1 6 1 3 2 5i 1i 6 4
k0 d 4 1 3 c 2da 3 3x 1 2o w fe 4 2z 2 n9w 1 4 a w 2 28 2 7k 1 3 1 4 1 p 2 4d 1 r i 1g 8 p b 1a
3 1c 1 2 4 2 1 14 1 1v 6 2 2 2 2 c 1 8 1 1b 1 1f 1 1 3 2 2 5 2 1 1 16 2 8 1 6m 1 2 1 4 1 fn4 1
kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 10a 1 1i f 1k 3 1d 4 2 2 1x 3 10 5 1 8 1q 1
c 2 1g 9 b 3 2q 3 2 1 1 2 4n 1 3 8 l 2 1m 1 3 1 11 7 3 5 8u 6 1 1 4 2 1 2 6m 4 6 2 1 2 r 2 2d 8
2 1 1 2 2y 1 1 1 2 6 1 1 2t 3 2 4 1 5 gjo 5 1n 7 uw 4 f7u 2 43s 3 h 8 2 7 u 4 44 3 1iz 1j 4 1e 8
1 e 1 m 5 1 f 2sg 7 gzl5 6o
`;

/** What StripAccents removes. */
export const marks: string = `
lc 34 7n 7 7b 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 y 4 1 9 1 3 1
5 17 3 3c e 1 x 1i 3 1 i 1 7 a 2 t 3 1k 1 1 7 2 2 2 3 9 1 a 2 t 3 1k 1 1 5 4 2 2 3 3 1 u 2 3 1 b
3 1k 1 1 8 1 3 1 3 k 2 t 3 1k 1 1 7 2 2 2 3 8 2 a 2 u 1 1n 5 3 3 1 4 9 1 14 4 1m 7 1 3 1 4 7 2 b
2 t 3 1k 1 1 7 1 3 1 4 7 2 b 2 t 3 1m 7 1 3 1 4 9 1 a 2 u 2 1y 1 4 6 1 1 1 8 i 2 1p 1 2 7 c 8 2q
1 2 6 1 2 b 6 22 2 r 1 1 1 1 1 4 2 1d k 1 2 5 b 1 10 9 1 2s k n 4 4 3 1 3 2 7 3 4 d c 1 1 a 4 jj
3 qa 3 t 3 t 2 u 2 1s w 9 1 19 3 3b 2 y 1 3a c 4 c 63 5 1l a 1 t 2 1 1c f 1t 5 1b h 12 9 c 3 u d
1k e 1c k 48 3 1 l 4 1 4 3 3 2 5i 1i 5 5 k0 x 2da 3 3x 1 2o w fe 6 2x 2 n9w 4 1 a w 2 28 2 7k 1
3 1 4 1 n 5 2g 2 1e i q i 1g 8 p d 18 4 1b e 10 1 1v e c 1 8 2 19 3 1e 1 1 3 2 2 5 2 1 1 15 5 5
2 6k 8 1 2 fn4 1 kh g g g r1 1 6a 1 45 5 1ae 3 1 2 5 4 14 3 4 1 4l 2 109 3 1h f 1k 4 19 b 1x 3
10 e 1q 1 c 3 1c e 9 3 2n c 6 1 4g c l 4 1k 1 1 7 2 2 2 3 9 1 a 2 2 7 3 5 5c i 2x k 6j 7 2 9 r 2
2a h 2y d 2t f zn 8 1 8 2a m 1 e fg9 5 1n 7 t6 1a g 4 f7u 2 43q 5 3 6 8 8 2 7 u 4 44 3 1iz 1j 4
1e 8 1 e 1 m 5 1 f 11s 7 1 h 2 7 1 2 1 5 1ph 7 31 7 gzhx 6o
`;

/** Punctuation of Punctuation and BertPreTokenizer. */
export const punctuation: string = `
x f a 7 q 6 q 4 y 1 5 1 3 1 a 2 3 1 3 1 ji 1 8 1 cy 6 15 2 1f 1 1 1 2 1 2 1 18 2 k 2 1 2 d 1 2 2
22 4 2u 1 17 e 6h 3 1i f v 1 79 2 a 1 an 1 lf 1 2i 1 a 2 4o f 1 1 11 4 1z 1 22 5 4 2 33 6 4r 1
h0 9 47 1 h8 2 18 2 26 3 1z 2 4d 3 1 3 11 b 8p 2 60 2 3k 7 1 6 4s 7 4b 4 1n 5 1q 2 1s 8 b 1 n0 o
8 k 1 d 1 c u 2 e 2 hl 4 t 2 u5 e 27 2 v a b7 m 1r 4 w 2 l7 4 1 2 34 1 3z 1b 1 j ce 3 4 a 2 c g
1 c 1 2q 1 2i 1 mwy 2 7h 3 2r 1 a 1 37 6 ak 4 2e 2 14 3 1 1 1d 2 1b 1 2p d g 2 3g 4 3i 2 g 2 6x
1 g2a 2 5s a m z 1 e 1 1 4 1 1 2 45 3 1 6 1 4 a 2 3 2 q 3 1 1 r 1 1 1 1 7 be 3 ik 1 1c 1 bi 1 kn
1 5j 1 v 1 7k 9 12 1 34 7 1u 7 2h 4 x6 7 31 2 1 4 3i 4 1c 2 27 5 3 1 d 1 1 3 2g 6 2z 1 f0 1 6y n
2x 3 6w 3 2lt 5 dtl 2 3p 1 1t 5 8 1 g2i 1 5wn 5
`;

/** Numbers of Digits. */
export const numbers: string = `
1c a 3c 2 5 1 2 3 141 a 3q a 5i a bg a 3a a 4 6 30 a 3a a 3a a 2 6 32 d 37 a 8 7 2v a 2w 7 7 j
31 a 2o a 3a a 1y k 7g a 1y a jz k oh 3 6n a 6 a m a 8c a 3k b 4l a 6 a 52 a 2e a 3q a 6 a t2 1
3 6 6 a 5i 1f 2 5 k6 1o 26 m hi u 12h 1 ll 1 p 9 e 3 9j 4 3u a u 8 1 f w a 13 f msg a 58 a 8w 6
4a a 12 a 5i a m a 2e a ba a geu a dp 19 c 1l h 2 9h r 10 4 t 1 8 1 3q 5 5m a q6 8 p 7 13 9 23 5
m 6 4g 2 2 g 2 1a 1s 9 1g 2 u 3 23 5 2w 8 o 8 15 7 96 6 1c a 6 a 7q v 4e a 16 4 34 7 3q u 3k a
1o a 40 a 7 k 6z a 9i a 3a a ae a 2u a 6 k 24 c bo j 2l a ie a 2e t 6b a 1y a 1i a 9y a 2u l tn
33 c01 a 1t2 a 2e a 3q a 1 7 em a 7a n 9p 3 id5 a 152 k c k 30 p ut 1e 1ts a bq a dy a 6v a jw 9
3k a lz 1n 1 3 1 4 24 19 1 f qq d 25f a
`;

/** Letters of words in Whitespace and around added tokens. */
export const words: string = `
1c a 7 q 4 1 1 q 1b 1 a 1 4 1 5 n 1 v 1 cq 4 c e 5 7 1 1 1 h 39 1 2 2 4 1 1 6 1 1 3 1 1 1 k 1 2b
1 3v 1 4t 1 12 2 1 6 15 8 19 1 1 1 2 1 2 1 1 8 r 4 4 t b 5 22 4 2u 1 8 2 a 1 j 2 1 g 1n 2 2t e
1i 4 1 2 1 2 1a i s 4 b 5 o 1 6 8 23 1 3l 2 a 1 j 1 8 2 2 2 m 1 7 1 1 3 4 2 9 2 2 2 4 8 1 4 2 1
5 2 c a 1 1 1 2 3 1 6 4 2 2 m 1 7 1 2 1 2 1 2 2 1 1 5 4 2 2 3 3 1 7 4 1 1 7 g b 3 1 9 1 3 1 m 1
7 1 2 1 5 2 a 1 3 1 3 2 1 f 4 2 a 9 7 1 3 1 8 2 2 2 m 1 7 1 2 1 5 2 9 2 2 2 3 7 3 4 2 1 5 2 a 1
1 g 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3 3 c 4 5 3 3 1 4 2 1 6 1 e a g d 1 3 1 n 1 g 2 9 1 3 1 4 7
2 1 3 2 1 2 4 2 a g 4 1 8 1 3 1 n 1 a 1 5 2 9 1 3 1 4 7 2 6 2 1 4 2 a 1 3 c d 1 3 1 1f 1 3 1 5 5
4 7 5 2 a a 6 1 3 1 i 3 o 1 9 1 1 2 7 3 1 4 6 1 1 1 8 6 a 2 2 d 1m 5 f 1 a 13 2 1 1 1 5 1 o 1 1
1 n 2 5 1 1 1 7 1 a 2 4 w 1 n 2 6 a b 1 1 1 1 1 4 a 1 10 4 k 1 i 1 10 9 1 1l 22 6 26 2 12 1 1 5
1 2 17 1 99 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4 2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 2 3 w g g 2e 2 6 3 h8
2 h 1 q 5 23 3 b 7 m 9 m b k c d 1 3 1 2 c 2c 3 1 4 2 2 a x 3 1 b 6 2h 7 17 5 1y a v 1 c 4 c a
14 2 5 b 18 4 q 6 a 12 s 4 1r 1 t 2 b 6 a d 1 8 v 1d 25 3 a h 9 c 38 c 1k 8 a 3 1d 2 b 5 17 2 3
g 3 1 13 5 eu 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 7 1 1 3 3 1 7 3 4 2 6 4 d 5 3 1 7 f 2 1d 2
j 1 s 1 d 1 g d 1f x h 1 4 1 2 a 1 1 3 5 6 1 1 1 1 1 1 4 1 b 2 4 5 5 4 1 h 15 ml 1g 1ee 6d 6 9 c
12 1 1 5 1 2 1k 7 1 f o 9 7 1 7 1 7 1 7 1 7 1 7 1 7 1 7 1 w 1b 1 d1 3 p f 1 5 2 5 4 2e 2 2 2 3 1
2i 1 4 5 17 1 2m h w 1c g e8 534 1s h3h 1v 1a 2 7h 3 s k 1f 1 a 1 37 11 9 2 2v 2 1v 2 2 1 1 1 8
l 1i 4 1 j 1g c 1y a a 6 o 3 1 1 1d 2 10 c t 3 1t e b 6 v 1 1j 9 e 2 a 6 n 3 21 o 3 2 g 2 5 a 6
2 6 2 6 9 7 1 7 1 17 1 e 6 3f 1 2 2 a 6 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 c 1 d 1 5 1 1 1 2 1
2 1 30 x a3 i 1s 2 1i 14 c 4 g g g 3 2 o 3 w 5 1 3r j a 7 q 4 1 1 q b 2h 3 6 2 6 2 6 2 3 z c 1 q
1 j 1 2 1 f 2 e y 3f 1x 1h 3s 1 3m t 3 1d f 1 v w d u 5 17 5 u 2 10 4 8 1 5 16 4e 2 a 6 10 4 10
4 14 8 1g c b 1 f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2 3 1 2
n a n 9 v 1t j 1 2 a m a q 1y 1k 6 2 1s 4 1 2 5 8 1 3 1 t 2 3 4 1 w t 3 t z 8 1 u p 1i a m a j d
i 32 21 1j 1f d 1f d 14 8 a 6 12 3 5 1 n 6y 16 1 2 3 2 g 3 1j x a 1 8 x v m 16 l r n 9 1z v g 9
1o 7 1 d p 7 a 6 1h 1 a 4 4 8 10 2 1 9 1x 4 4 1 d 1 1 z i 1 11 6 4 1q 7 1 1 1 4 1 f 1 a 7 1n 5 a
6 4 1 8 2 2 2 m 1 7 1 2 1 5 1 a 2 2 2 3 2 1 6 1 5 7 2 7 3 5 b a 1 1 2 1 1 12 1 a 1 1 2 1 1 4 1 8
d 2 t 23 5 a 4 4 u 1y 1 1 8 a 4m 1i 2 9 n 6 y 1t 3 1 b a 12 1l 7 a 6 k s r 2 f 4 a 6 7 55 1n 2t
22 l 8 2 1 2 8 1 2 1 u 1 2 2 9 c a 1y 8 2 1a 2 8 1 2 r 1r 8 1 8 22 3 1 i 21 5j x f a 6 9 1 19 1
9 f a o u 2 m 1 e 21 7 1 2 1 18 3 1 1 2 1 9 8 a 6 6 1 2 1 11 1 2 1 6 7 a 8m n 9 h 1 15 3 5 d b
2d 1 27 pm 2u 33 h 5g 218 2p f ts g m a 32z 5 g7 5a1 1m 1c6 ft 7 v 1 a 6 27 1 a 6 u 2 5 b 1j 9 4
c a 9 l 5 j c0 19 3 a 5i 1s 3k 23 4 1l 7 h 1s 2 1 2 b 2 e 4qg 8 ye 15 a 6w7 4 1 7 1 2 1 83 f 1 t
3 2 1 e 4 8 b0 1s4 2z 5 d 3 9 7 a 3 2 381 a ee 1a 2 n f2 5 3 6 8 8 2 7 u 4 44 3 cb 2d 1 1z 1 2 2
1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 p 1 p 1 v 1 p 1 v 1 p 1 v 1 p
1 v 1 p 1 8 2 1e e8 1j 4 1e 8 1 e 1 m 5 1 f uo v 6 6 5x 7 1 h 2 7 1 2 1 5 5 1q x 1 34 19 3 e 2 a
4 1 8x v h 1m d2 16 5y 17 dh 7 1 4 1 2 1 f 1 5h b 7 15 24 4 a x2 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1
1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1
h hg q 6 q 6 q 21y a sm wyo w 37e 6 66 2 4g2 e 5rl f ha 1wi f2 15u 3t7 5 38g f9e8 6o
`;

/** What Nmt removes. */
export const nmtRemoved: string = `
1 8 2 1 2 i 2n 1 f 1 f 1
`;

/** What Nmt makes a space. */
export const nmtSpaces: string = `
9 2 1 2 i 1 4f3 1 1vu 5 o 2 11z 1 16yl 1 71 1
`;

/** \\w in regular expressions. */
export const regexWords: string = `
1c a 7 q 4 1 1 q 1b 1 7 2 1 1 3 2 1 3 1 n 1 v 1 cq 4 c e 5 7 1 1 1 h 39 1 2 2 4 1 1 6 1 1 3 1 1
1 k 1 2b 1 3v 1 4t 1 12 2 1 6 15 8 19 1 1 1 2 1 2 1 1 8 r 4 4 t b 5 22 4 2u 1 8 2 a 1 j 2 1 g 1n
2 2t e 1i 4 1 2 1 2 1a i s 4 b 5 o 1 6 8 23 1 3l 2 a 1 j 1 8 2 2 2 m 1 7 1 1 3 4 2 9 2 2 2 4 8 1
4 2 1 5 2 c a 1 1 1 2 3 1 6 4 2 2 m 1 7 1 2 1 2 1 2 2 1 1 5 4 2 2 3 3 1 7 4 1 1 7 g b 3 1 9 1 3
1 m 1 7 1 2 1 5 2 a 1 3 1 3 2 1 f 4 2 a 9 7 1 3 1 8 2 2 2 m 1 7 1 2 1 5 2 9 2 2 2 3 7 3 4 2 1 5
2 a 1 1 g 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3 3 c 4 5 3 3 1 4 2 1 6 1 e a g d 1 3 1 n 1 g 2 9 1 3
1 4 7 2 1 3 2 1 2 4 2 a g 4 1 8 1 3 1 n 1 a 1 5 2 9 1 3 1 4 7 2 6 2 1 4 2 a 1 3 c d 1 3 1 1f 1 3
1 5 5 4 7 5 2 a a 6 1 3 1 i 3 o 1 9 1 1 2 7 3 1 4 6 1 1 1 8 6 a 2 2 d 1m 5 f 1 a 13 2 1 1 1 5 1
o 1 1 1 n 2 5 1 1 1 7 1 a 2 4 w 1 n 2 6 a b 1 1 1 1 1 4 a 1 10 4 k 1 i 1 10 9 1 1l 22 6 26 2 12
1 1 5 1 2 17 1 99 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4 2 7 1 1 1 4 2 f 1 1l 1 4 2 1v 2 3 w g g 2e 2
6 3 h8 2 h 1 q 5 23 3 b 7 m 9 m b k c d 1 3 1 2 c 2c 3 1 4 2 2 a x 3 1 b 6 2h 7 17 5 1y a v 1 c
4 c a 14 2 5 b 18 4 q 6 a 12 s 4 1r 1 t 2 b 6 a d 1 8 v 1d 25 3 a h 9 c 38 c 1k 8 a 3 1d 2 b 5
17 2 3 g 3 1 13 5 eu 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 7 1 1 3 3 1 7 3 4 2 6 4 d 5 3 1 7
1u 2 j 1 s 1 d 1 g d 1f x h 1 4 1 2 a 1 1 3 5 6 1 1 1 1 1 1 4 1 b 2 4 5 5 4 1 h 15 ml 1g 1ee 6d
6 9 c 12 1 1 5 1 2 1k 7 1 f o 9 7 1 7 1 7 1 7 1 7 1 7 1 7 1 7 1 w 1b 1 d1 3 p f 1 5 2 5 4 2e 2 2
2 3 1 2i 1 4 5 17 1 2m h w 1c g e8 534 1s h3h 1v 1a 2 7h 3 s k 1f 1 a 1 37 11 9 2 2v 2 1v 2 2 1
1 1 8 l 1i 4 1 j 1g c 1y a a 6 o 3 1 1 1d 2 10 c t 3 1t e b 6 v 1 1j 9 e 2 a 6 n 3 21 o 3 2 g 2
5 a 6 2 6 2 6 9 7 1 7 1 17 1 e 6 3f 1 2 2 a 6 8mc c n 4 1d 6is a6 2 2y 12 7 c 5 5 c 1 d 1 5 1 1
1 2 1 2 1 30 x a3 i 1s 2 1i 14 c 4 g g g 3 2 o 3 w 5 1 3r j a 7 q 4 1 1 q b 2h 3 6 2 6 2 6 2 3 z
c 1 q 1 j 1 2 1 f 2 e y 3f 1x 1h 3s 1 3m t 3 1d f 1 v w d u 5 17 5 u 2 10 4 8 1 5 16 4e 2 a 6 10
4 10 4 14 8 1g c b 1 f 1 7 1 2 1 b 1 f 1 7 1 2 3 1g c 8n 9 m a 8 o 6 1 16 1 9 1x 6 2 1 1 18 1 2
3 1 2 n a n 9 v 1t j 1 2 a m a q 1y 1k 6 2 1s 4 1 2 5 8 1 3 1 t 2 3 4 1 w t 3 t z 8 1 u p 1i a m
a j d i 32 21 1j 1f d 1f d 14 8 a 6 12 3 5 1 n 6y 16 1 2 3 2 g 3 1j x a 1 8 x v m 16 l r n 9 1z
v g 9 1o 7 1 d p 7 a 6 1h 1 a 4 4 8 10 2 1 9 1x 4 4 1 d 1 1 z i 1 11 6 4 1q 7 1 1 1 4 1 f 1 a 7
1n 5 a 6 4 1 8 2 2 2 m 1 7 1 2 1 5 1 a 2 2 2 3 2 1 6 1 5 7 2 7 3 5 b a 1 1 2 1 1 12 1 a 1 1 2 1
1 4 1 8 d 2 t 23 5 a 4 4 u 1y 1 1 8 a 4m 1i 2 9 n 6 y 1t 3 1 b a 12 1l 7 a 6 k s r 2 f 4 a 6 7
55 1n 2t 22 l 8 2 1 2 8 1 2 1 u 1 2 2 9 c a 1y 8 2 1a 2 8 1 2 r 1r 8 1 8 22 3 1 i 21 5j x f a 6
9 1 19 1 9 f a o u 2 m 1 e 21 7 1 2 1 18 3 1 1 2 1 9 8 a 6 6 1 2 1 11 1 2 1 6 7 a 8m n 9 h 1 15
3 5 d b 2d 1 27 pm 2u 33 h 5g 218 2p f ts g m a 32z 5 g7 5a1 1m 1c6 ft 7 v 1 a 6 27 1 a 6 u 2 5
b 1j 9 4 c a 9 l 5 j c0 19 3 a 5i 1s 3k 23 4 1l 7 h 1s 2 1 2 b 2 e 4qg 8 ye 15 a 6w7 4 1 7 1 2 1
83 f 1 t 3 2 1 e 4 8 b0 1s4 2z 5 d 3 9 7 a 3 2 381 a ee 1a 2 n f2 5 3 6 8 8 2 7 u 4 44 3 cb 2d 1
1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 p 1 p 1 v 1 p 1 v 1 p
1 v 1 p 1 v 1 p 1 8 2 1e e8 1j 4 1e 8 1 e 1 m 5 1 f uo v 6 6 5x 7 1 h 2 7 1 2 1 5 5 1q x 1 34 19
3 e 2 a 4 1 8x v h 1m d2 16 5y 17 dh 7 1 4 1 2 1 f 1 5h b 7 15 24 4 a x2 4 1 r 1 2 1 1 2 1 1 a 1
4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5
3 1 5 1 h hg q 6 q 6 q 21y a sm wyo w 37e 6 66 2 4g2 e 5rl f ha 1wi f2 15u 3t7 5 38g f9e8 6o
`;

/** \\s in regular expressions. */
export const regexSpaces: string = `
9 5 i 1 2s 1 q 1 4bj 1 1vj b t 2 5 1 1b 1 334 1
`;

/** Code points that the normal forms leave alone: not in Unicode 9. */
export const unassigned: string = `
oo 2 6 4 7 1 1 1 k 1 b1 1 12 2 7 1 13 1 2 2 3 1 1j 8 r 5 5 b t 1 6o 1 1o 2 2t e 1n 5 1a 2 f 1 s
2 1 1t l 1 8 m 4w 1 8 2 2 2 m 1 7 1 1 3 4 2 9 2 2 2 4 8 1 4 2 1 5 2 m 5 3 1 6 4 2 2 m 1 7 1 2 1
2 1 2 2 1 1 5 4 2 2 3 3 1 7 4 1 1 7 g b 3 1 9 1 3 1 m 1 7 1 2 1 5 2 a 1 3 1 3 2 1 f 4 2 c 7 1 7
3 1 8 2 2 2 m 1 7 1 2 1 5 2 9 2 2 2 3 8 2 4 2 1 5 2 i a 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3 3 c 4
5 3 3 1 4 2 1 6 1 e l 5 4 1 8 1 3 1 n 1 g 3 8 1 3 1 4 7 2 1 3 5 4 2 a 8 c 1 8 1 3 1 n 1 a 1 5 2
9 1 3 1 4 7 2 7 1 1 4 2 a 1 2 e 3 1 8 1 3 1 15 2 8 1 3 1 6 4 g 2 q 2 2 1 i 3 o 1 9 1 1 2 7 3 1 4
6 1 1 1 8 6 a 2 3 c 1m 4 t 11 2 1 1 2 2 1 1 2 1 6 4 1 7 1 3 1 1 1 1 2 2 1 d 1 3 2 5 1 1 1 6 2 a
2 4 w 20 1 10 4 13 1 10 1 f 1 d 11 5i 1 1 5 1 2 ah 1 4 2 7 1 1 1 4 2 15 1 4 2 x 1 4 2 7 1 1 1 4
2 f 1 1l 1 4 2 1v 2 w 3 q 6 2e 2 6 2 il 3 2h 7 d 1 7 b n 9 k c d 1 3 1 2 c 2m 2 a 6 a 6 f 1 a 6
2g 8 17 5 1y a v 1 c 4 c 4 1 3 16 2 5 b 18 4 q 6 b 3 1q 2 1t 1 t 2 b 6 a 6 e 2 f 1t 24 4 19 3 38
8 1o 3 f 3 1o 1j 8 8 13 1 2 6 6u 5 7v 2 6 2 12 2 6 2 8 1 1 1 1 1 1 1 v 2 1h 1 f 1 e 2 6 1 j 2 3
1 9 1 2t 1 c 2 r 1 d 3 v h x f 3w 4 hb 1 13 p b l 1ec 2 w 2 y 3 c 1 8 q 4 g 1b 1 1b 1 44 5 19 1
1 5 1 2 1k 7 2 e o 9 7 1 7 1 7 1 7 1 7 1 7 1 7 1 7 1 2t 1n q 1 2h c 5y q c 4 1s 1 2e 2 2v 5 15 3
2m 1 17 5 10 c 1b 1 67 1 59y a g7q 16 wd 3 1j 9 9o k 54 8 4v 1 8 1r 1h 4 a 6 1k 8 1y 8 c 6 u 2
2c b u 3 26 1 b 4 x 1 1j 9 e 2 a 2 2v o s a 6 2 6 2 6 9 7 1 7 1 1i a 3i 2 a 6 8mc c n 4 1d 4 6su
2 2y 12 7 c 5 5 q 1 5 1 1 1 2 1 2 1 3g h a5 g 1s 2 1i 14 e 2 q 6 1f 1 j 1 4 4 5 1 3r 2 1 1 5a 3
6 2 6 2 6 2 3 3 7 1 7 a 5 2 c 1 q 1 j 1 2 1 f 2 e y 3f 5 3 4 19 3 2g 1 c 4 1 1b 1a 3m t 3 1d f s
4 10 c r 5 17 5 u 1 11 4 e 16 4e 2 a 6 10 4 10 4 14 8 1g b 1 40 8n 9 m a 8 48 6 2 1 1 18 1 2 3 1
2 n 1 20 8 9 1c j 1 2 5 x 3 r 5 1 1s 1k 4 k 2 1e 1 2 5 8 1 3 1 r 4 3 4 9 8 9 7 1s w 13 4 c 9 1i
3 t 2 r 5 q 7 4 c 7 28 21 1j 1f d 1f 7 6 9s v ap 26 4 u f 1v e p 7 a 6 1h 1 e c 13 9 26 2 g 1 k
b i 1 18 1t 7 1 1 1 4 1 f 1 b 6 1n 5 a 6 4 1 8 2 2 2 m 1 7 1 2 1 5 2 9 2 2 2 3 2 1 6 1 5 7 2 7 3
5 3v 2i 1 1 1 1 y 20 8 a 4m 1i 2 12 y 1x b a 6 d j 1k 8 a 1i q 3 f 4 g 9s 2b c 1 cg 1l 7b 9 1 19
1 e a t 3 w 2 m 1 e nd pm 2u 33 1 5 b 5g 24c tr 34h g7 6nt ft 7 v 1 a 4 2 2o u 2 6 a 1y a a 1 7
1 l 5 j og 1x b 1b g h 1s 1 v 4q5 j kz 7bh 2 2da 2z 5 d 3 9 7 a 2 8 3to 6u a 13 2 5c n 1y 56 2f
9 i 3y 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9g 2 84 2 ji f
5 1 f 11s 7 1 h 2 7 1 2 1 5 1jp 5h 2 g 15 23 5 a 4 2 ww 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4
1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h 1g 2
7i 18 4 2s c f 2 f 1 f 1 11 a d 3 v 1 1o 4 1p 1l t d 18 4 9 7 2 4u r7 d d 3 7 9 38 c 2d 17 c 4
1k 8 a 6 14 8 u 2q f 1 8 8 1 2 c 1 c 4 f x i 1a 1 18f wyf 15 379 b 66 2 4g2 866 f2 fher 1 u 2o
3k 6o 1e6o 1eke 2 1eke 2
`;

/** Of grapheme clusters. */
export const joins: string = `
lc 34 7n 7 7b 19 1 1 1 2 1 2 1 1 20 b 1c l g 1 2t 7 2 6 2 2 1 4 z 1 u r 2j b 1m 9 9 1 o 4 1 9 1
3 1 5 17 3 1n 9 16 o 1 x 1i 3 1 i 1 7 a 2 t 3 1k 1 1 7 2 2 2 3 9 1 a 2 q 1 2 3 1k 1 1 5 4 2 2 3
3 1 u 2 3 1 b 3 1k 1 1 8 1 3 1 3 k 2 m 6 1 3 1k 1 1 7 2 2 2 3 7 3 a 2 u 1 1n 5 3 3 1 4 9 1 14 5
1j 1 1 7 1 3 1 4 7 2 b 2 t 3 1k 1 1 7 1 3 1 4 7 2 b 2 f 1 c 4 1j 2 1 7 1 3 1 4 9 1 a 2 t 3 1y 1
4 6 1 1 1 8 i 2 1p 1 1 8 c 8 2q 1 1 a b 7 21 2 r 1 1 1 1 1 4 2 1d k 1 2 5 b 1 10 9 1 2u b 1 6 n
4 4 3 g 4 d 1 1 3 6 1 f 1 jj 3 qa 4 s 3 t 2 u 2 1s w 9 1 19 3 1 1 39 2 y 1 3a c 4 c 63 5 1l a 1
1 1 1 2 o 2 1 1c 1a 2 c k 5 1b h 12 9 c 3 u d 1k e 1c k 48 3 1 l 4 1 6 1 2 3 5i 1s ek 2 5e x 2da
3 3x 1 2o w fe 6 2x 2 n9w 4 1 a w 2 28 2 7k 1 3 1 4 1 n 5 4 1 2b 2 1e i q i d 1 12 8 p d 18 4 1b
e 10 1 1v e c 1 8 2 1a 1 1f 1 1 3 2 2 5 2 1 1 15 5 5 2 6k 8 1 2 fn4 1 kh g g g a6 2 gt 1 6a 1 45
5 1ae 3 1 2 5 4 14 3 4 1 4l 2 fx 4 1t 5 8t 2 25 6 1y b 1d 4 3e 3 1h f 15 1 2 2 a 4 19 b 7 1 1p 3
10 e g 2 18 1 c 3 1c e 8 4 1 2 2k c 6 1 2 1 4d c l 4 1j 2 1 7 2 2 2 3 9 1 a 2 2 7 3 5 1v 9 1 1 2
1 1 4 1 5 1 1 e 2 2a i n 1 29 k 6j 7 2 9 r 2 2a h 2y d 2t 3 2 a 74 f 6t 6 1 2 2 4 1 1 1 2 3x 7 2
7 3 1 s a 14 7 1 4 8 1 9 b 1a g 5i 8 5j 8 1 8 2a m 1 e 3e 6 3 1 1 2 1 7 1 1 1u 5 1 2 1 5 9n 4 9
2 1 1 1c 7 3 5 n 1 44l 1 6 f 8ug i 1xc 5 1n 7 t4 1 1 1j 7 4 29 1 b 2 f57 2 3mp 1a 2 n f2 5 3 6 8
8 2 7 u 4 44 3 1iz 1j 4 1e 8 1 e 1 m 5 1 f 11s 7 1 h 2 7 1 2 1 5 2s 1 4g 7 af 1 1p 4 e4 4 72 2
6r 1 2 1 7 2 5 1 d6 7 31 7 240 5 gx7k 2o 3k 6o
`;

/** Of grapheme clusters. */
export const pictures: string = `
4p 1 4 1 68d 1 c 1 60 1 m 1 2i 6 f 2 a7 2 c 1 4m 1 p b 4 3 5j 1 6f 2 a 1 9 1 1m 4 1 5 9 1 2 1 2
2 2 1 4 1 2 1 1 2 2 1 3 1 3 2 8 3 5 1 1 1 5 c b 2 2 1 1 2 1 1 i 1 2 2 i 6 1 1 1 2 3 2 5 1 2 2 4
2 b 2 5 2 2 1 5 2 1 1 1 2 k 2 5 6 1 4 2 1 4 1 2 1 2 6 1 1 2 1 1 1 1 1 6 1 3 1 6 1 a 2 f 1 2 1 4
1 1 1 4 3 1 1 b 2 1c 3 9 1 e 1 e 1 ac 2 cv 3 j 2 1f 1 4 1 yi 1 c 1 gp 1 1 1 2fze 1 13 4 2s c f 2
f 1 e 2 11 a 34 2 c 2 e 1 2 a j 1k r f a 1 k 1 2 9 1 4 9 n 6 58 2 34 2 2 1 3 2 2b 2 3 1 4 5 72 1
1r b 6 1 o 7 2 2 8 c 1 2 4 2 1 4 2 d 2 2 1 8 2 9 1 5 3 c 3 8 3 2 1 1 1 4 1 6 1 3 1 6 2e 1c 1y 5
8 2 h 3 1 1 6 2 d 62 12 c 4 1k 8 a 6 14 8 u 2 c 4 2 e 9 13 c 1b 1 a 1 55 2g 8 e 42 74 se
`;

/** Of grapheme clusters. */
export const prepends: string = `
16o 6 5z 1 1d 1 ao 2 28 1 vf 1 1f8u 1 f 1 6s 2 el 1 12l 1 1 1 8y 6 jg 1 cb 1
`;

/** Of grapheme clusters. */
export const controls: string = `
1 v 2n x d 1 12m 1 3jl 1 1ks 1 2 2 o 7 1d g 17yn 1 6o c ab8 g qxs 4 43z 8 h405 w 2o 3k 6o 2s0
`;

/** Of grapheme clusters. */
export const consonants: string = `
1sl 11 u 8 o 8 l k 1 7 1 1 3 4 y 2 1 1 g 2 4j k 1 7 1 2 1 5 1r 1 r k 1 7 1 2 1 5 y 2 1 1 h 1 4j
k 1 g u 3 56 12 jp 17 k 1 g 6 4 4 3 1 3 2 7 3 4 d c 1 1dd 1g 2i 1 ep 1h 52 2 6 x h 8 1i u d 2 b
3 ul 1 2 2 o 7 1d g r2x 3 3 10 19 5 2 9 a 5 2p g 1 3 6 1 3 2 2o b 5x r gf8 1 6o c
`;

/** Of grapheme clusters. */
export const linkers: string = `
1u5 1 3j 1 73 1 3j 1 73 1 73 1 kr 1 1i0 1 i5 1 6b 1 2u 1 s2c 1 8l 1 itk 1 1df 1 ik 1 12l 1 7c 1
29 1 x4 1
`;

/** Of grapheme clusters. */
export const conjunctEnds: string = `
1s3 1 1j 1 2 3 8 4 1 2 1e 2 1n 2 6 2 2 2 1i 1 1m 3 1u 1 1m 3 8 1 1 2 1h 2 1o 1 6 2 2 2 36 1 1 2
3 3 1 3 1g 3 1p 4 1p 2 1m 1 2 1 1 2 1a 1 e 2 1n 2 5 3 1 3 1h 2 24 2 6 7 j 2 1r 1 3j 1 3u 2 1r 1
4x 1 9 2 p 2 18 1 1f5 1 7 8 1 2 9m 4 2 3 4 2 1 6 68 2 1m 1 1 1 l 6 41 1 1l 4 1s 1 u 1 4 2 1r 1 2
3 1 1 1h 8 8 2 4r 1 l 1 lw 1 qvq 2 2 1 2g 2 1e g 3y 1 1c 1 1c 2 4 2 2 2 33 2 2 2 o 1 4d 1 2 2 5
1 6l 2 1 2 1 2 1 1 jrn 1 1 1 3j 1 19 3 4 2 37 1 o 2 1n 1 1c 3 9 1 e 1 2l 3 3 2 4s 3 v 2 1n 1 1 4
2 2 2 2 l 2 2d 2 f 1 1 2 2v 3 8 2 3 1 2z 2 6 1 1 2 1 1 2 1 6m 2 6 4 2 1 35 3 8 2 1 1 31 1 1 2 32
1 7 1 79 3 9 1 6w 5 1 2 7 1 1 1 3y 3 8 4 4 1 2c 1 t 2 1q 1 5l 1 3 1 1 1 5j 1 e 1 2y 1 7 1 2 1 5x
5 4 2 1 1 9q 2 c 1 1c 2 8 2 d0q 3 2sk 1j
`;

/** \\p{Han} in regular expressions. */
export const scriptHan: string = `
96o q 1 2h c 5y 1b 1 1 1 p 9 e 4 qs 534 1s g74 hkw a6 2 2y n48 2 c 2 sge wyo w 37e 6 66 2 4g2 e
5rl f ha 1wi f2 15u 3t7 5 38g
`;

/** \\p{Hiragana} in regular expressions. */
export const scriptHiragana: string = `
9j5 2e 6 3 23q9 7z i 1 t 3 crx 1
`;

/** \\p{Katakana} in regular expressions. */
export const scriptKatakana: string = `
9lt 2i 2 3 6o g 5s 1b 1 2g 14b2 a 1 19 ytu 4 1 7 1 2 1 1 7z 3 1e 1 e 4
`;

/** \\p{Hangul} in regular expressions. */
export const scriptHangul: string = `
3cw 74 5ym 2 75 2m 35 v 1t v nhd t hv 8mc c n 4 1d 7tw v 3 6 2 6 2 6 2 3
`;

/** \\p{Latin} in regular expressions. */
export const scriptLatin: string = `
1t q 6 q 1b 1 f 1 5 n 1 v 1 ch 13 5 55n 12 6 1d 5 4 5 d 1 1y 1t 74 a9 1 d 1 g d 3x 2 6 1 r 1 h
15 253 w o82 2u 3 1v 2 2 1 1 1 8 l e mo 17 1 9 1 4 fpy 7 t6 q 6 q 1lx 6 1 16 1 9 16it v 6 6
`;

/** \\p{Greek} in regular expressions. */
export const scriptGreek: string = `
og 4 1 3 2 4 1 1 4 1 1 1 1 3 1 1 1 k 1 1r e g 4yu 5 1e 5 4 5 2c 1 8w m 2 6 2 12 2 6 2 8 1 1 1 1
1 1 1 v 2 1h 1 f 1 e 2 6 1 j 2 3 1 9 87 1 rb2 1 gyi 27 h 1 155r 1y
`;

/** \\p{Cyrillic} in regular expressions. */
export const scriptCyrillic: string = `
sg 3p 2 4p 4ls b 4g 1 24 1 38n w nr4 2o ham 2 18n4 1q x 1
`;

/** \\p{Arabic} in regular expressions. */
export const scriptArabic: string = `
16o 5 1 6 1 e 1 3 1 w 1 a b q 1 30 1 y 28 1c 6o v 1 2 5 23 1 t 1bv4 37 g a3 2 28 2 1i 7 1 w g 34
5 1 3r 31f v 1v 3 1j 4 181s 4 1 r 1 2 1 1 2 1 1 a 1 4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1
1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 h 5 3 1 5 1 h 1g 2
`;

/** \\p{Hebrew} in regular expressions. */
export const scriptHebrew: string = `
13l 1j 8 r 4 6 1cfc q 1 5 1 1 1 2 1 2 1 a
`;

/** \\p{Devanagari} in regular expressions. */
export const scriptDevanagari: string = `
1s0 29 4 f 2 q vhc w mio a
`;

/** \\p{Thai} in regular expressions. */
export const scriptThai: string = `
2rl 1m 5 s
`;

/** Letters from 128 on with a lower case: gap, count, step and way of each run. */
export const lowerCase: string = `
5c n 1 w o 7 1 w 14 o 2 1 1e 3 2 1 7 8 2 1 h n 2 1 1a 1 1 -3d 1 3 2 1 8 1 1 5u 1 2 2 1 4 1 1 5q
1 1 1 1 2 2 1 5p 2 1 1 1 3 1 1 27 1 1 1 5m 1 1 1 5n 1 1 1 1 2 1 1 5p 1 1 1 5r 2 1 1 5v 1 1 1 5t
1 1 1 1 4 1 1 5v 1 1 1 5x 2 1 1 5y 1 3 2 1 6 1 1 62 1 1 1 1 2 1 1 62 3 1 1 1 2 1 1 62 1 1 1 1 2
2 1 61 2 2 2 1 4 1 1 63 1 1 1 1 4 1 1 1 8 1 1 2 1 1 1 1 2 1 1 2 1 1 1 1 2 1 1 2 1 9 2 1 j 9 2 1
j 1 1 2 1 2 2 1 4 1 1 -2p 1 1 1 -1k 1 k 2 1 14 1 1 -3m 2 9 2 1 o 1 1 8bv 1 1 1 1 2 1 1 -4j 1 1 1
8bs 3 1 1 1 2 1 1 -5f 1 1 1 1x 1 1 1 1z 1 5 2 1 8a 2 2 1 6 1 1 1 9 1 1 38 7 1 1 12 2 3 1 11 4 1
1 1s 2 2 1 1r 3 h 1 w i 9 1 w 18 1 1 8 9 c 2 1 s 1 1 -1o 3 1 1 1 2 1 1 -7 1 1 1 1 3 3 1 -3m 3 g
1 28 g w 1 w 28 h 2 1 16 r 2 1 1i 1 1 f 1 7 2 1 f 1c 2 1 2p 12 1 1c 29b 12 1 5ls 13 1 1 5ls 6 1
1 5ls k3 28 1 tzk 28 6 1 8 1p5 1 1 1 7 17 1 -2bk 19 3 1 -2bk 8z 23 2 1 4e 1 1 -5vj 2 1c 2 1 2w 8
1 -8 g 6 1 -8 g 8 1 -8 g 8 1 -8 g 6 1 -8 h 4 2 -8 f 8 1 -8 w 8 1 -8 g 8 1 -8 g 8 1 -8 g 2 1 -8 2
2 1 -22 2 1 1 -9 c 4 1 -2e 4 1 1 -9 c 2 1 -8 2 2 1 -2s e 2 1 -8 2 2 1 -34 2 1 1 -7 c 2 1 -3k 2 2
1 -3i 2 1 1 -9 8a 1 1 -5st 4 1 1 -6gv 1 1 1 -6di 7 1 1 s 1a g 1 g z 1 1 1 mr q 1 q 1fu 1c 1 1c
2o 1 1 1 2 1 1 -8af 1 1 1 -2xy 1 1 1 -89z 3 3 2 1 6 1 1 -8bg 1 1 1 -8al 1 1 1 -8bj 1 1 1 -8bi 2
1 1 1 3 1 1 1 9 2 1 -8cf 2 1e 2 1 2z 2 2 1 7 1 1 1 nym n 2 1 1s e 2 1 4i 7 2 1 g v 2 1 1z 2 2 1
4 1 1 -r9g 1 5 2 1 d 1 1 1 2 1 1 -wmg 3 2 2 1 6 a 2 1 k 1 1 -wn8 1 1 1 -wnj 1 1 1 -wnf 1 1 1
-wn5 1 1 1 -wn8 2 1 1 -wlu 1 1 1 -wmi 1 1 1 -wlx 1 1 1 ps 1 8 2 1 g 1 1 -1c 1 1 1 -wn7 1 1 1
-raw 1 2 2 1 4 1 1 -wo7 1 8 2 1 g 1 1 -wu9 p 1 1 1 h7w q 1 w yn 14 1 14 4w 10 1 14 5c b 1 13 c f
1 13 g 7 1 13 8 2 1 13 1d8 1f 1 1s 5s m 1 w 28g w 1 w gww w 1 w 2o p 1 r o68 y 1 y
`;

/** General categories in regular expressions. */
export const categories: string = `
!w W R3 T R3 N O R S R M R2 Ia R2 S3 R2 Aq N R O U L U Bq N S O S !x W R T4 V R U V E P S # V U
V S K2 U B R2 U K E Q K3 R An S A7 Bo S B8 A B A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B A B A B A B A B A B A B A B A B A B A B A B A B2 A B A B A B A B A B A B A B A B2 A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A2 B A B
A B3 A2 B A B A2 B A3 B2 A4 B A2 B A3 B3 A2 B A2 B A B A B A2 B A B2 A B A2 B A3 B A B A2 B2 E A
B3 E4 A C B A C B A C B A B A B A B A B A B A B A B A B2 A B A B A B A B A B A B A B A B A B2 A
C B A B A3 B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B7 A2 B A2 B2 A B A4 B A B A B A B A B1x E Br Di U4 Dc Ue D5 U7 D
U D Uh F34 A B A B D U A B Z2 D B3 R A Z4 U2 A R A3 Z A Z A2 B Ah Z A9 Bz A B2 A3 B3 A B A B A B
A B A B A B A B A B A B A B A B A B5 A B S A B A2 B2 A1f B1c A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B V F5 H2 A B A B A B A B A B A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A2 B A B A B A B A B A B A B2 A B A B A B A
B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B Z A12 Z2 D R6
B15 R M Z2 V2 T Z F19 M F R F2 R F2 R F Z8 Er Z4 E4 R2 Zb #6 S3 R2 T R2 V2 Fb R # R3 Ew D Ea Fl
Ia R4 E2 F E2r R E F7 # V F6 D2 F2 V F4 E2 Ia E3 V2 E Re Z # E F Eu Fr Z2 E2h Fb E Ze Ia Ex F9
D2 V R3 D Z2 F T2 Em F4 D F9 D F3 D F5 Z2 Rf Z Ep F3 Z2 R Z Eb Z5 Eo U E6 Z #2 Z5 F9 E15 D Fo #
Fw G E1i F G F E G3 F8 G4 F G2 E F7 Ea F2 R2 Ia R D Ef F G2 Z E8 Z2 E2 Z2 Em Z E7 Z E Z3 E4 Z2 F
E G3 F4 Z2 G2 Z2 G2 F E Z8 G Z4 E2 Z E3 F2 Z2 Ia E2 T2 K6 V T E R F Z2 F2 G Z E6 Z4 E2 Z2 Em Z
E7 Z E2 Z E2 Z E2 Z2 F Z G3 F2 Z4 F2 Z2 F3 Z3 F Z7 E4 Z E Z7 Ia F2 E3 F R Za F2 G Z E9 Z E3 Z Em
Z E7 Z E2 Z E5 Z2 F E G3 F5 Z F2 G Z G2 F Z2 E Zf E2 F2 Z2 Ia R T Z7 E F6 Z F G2 Z E8 Z2 E2 Z2
Em Z E7 Z E2 Z E5 Z2 F E G F G F4 Z2 G2 Z2 G2 F Z7 F2 G Z4 E2 Z E3 F2 Z2 Ia V E K6 Za F E Z E6
Z3 E3 Z E4 Z3 E2 Z E Z E2 Z3 E2 Z3 E3 Z3 Ec Z4 G2 F G2 Z3 G3 Z G3 F Z2 E Z6 G Ze Ia K3 V6 T V Z5
F G3 F E8 Z E3 Z En Z Eg Z2 F E F3 G4 Z F3 Z F4 Z7 F2 Z E3 Z2 E Z2 E2 F2 Z2 Ia Z7 R K7 V E F G2
R E8 Z E3 Z En Z Ea Z E5 Z2 F E G F G5 Z F G2 Z G2 F2 Z7 G2 Z6 E2 Z E2 F2 Z2 Ia Z E2 G Zc F2 G2
E9 Z E3 Z E15 F2 E G3 F4 Z G3 Z G3 F E V Z4 E3 G K7 E3 F2 Z2 Ia K9 V E6 Z F G2 Z Ei Z3 Eo Z E9 Z
E Z2 E7 Z3 F Z4 G3 F3 Z F Z G8 Z6 Ia Z2 G2 R Zc E1c F E2 F7 Z4 T E6 D F8 R Ia R2 Z11 E2 Z E Z E5
Z Eo Z E Z Ea F E2 F9 E Z2 E5 Z D Z F7 Z Ia Z2 E4 Zw E V3 Rf V R V3 F2 V6 Ia Ka V F V F V F N O
N O G2 E8 Z E10 Z4 Fe G F5 R F2 E5 Fb Z F10 Z V8 F V6 Z V2 R5 V4 R2 Z11 E17 G2 F4 G F6 G F2 G2
F2 E Ia R6 E6 G2 F2 E4 F3 E G3 E2 G7 E3 F4 Ed F G2 F2 G6 F E G Ia G3 F V2 A12 Z A Z5 A Z2 B17 R
D B3 E95 Z E4 Z2 E7 Z E Z E4 Z2 E15 Z E4 Z2 Ex Z E4 Z2 E7 Z E Z E4 Z2 Ef Z E1l Z E4 Z2 E1v Z2 F3
R9 Kk Z3 Eg Va Z6 A2e Z2 B6 Z2 M Eh8 V R Eh W Eq N O Z3 E23 R3 J3 E8 Z7 Ei F3 G Z9 Ej F2 G R2 Z9
Ei F2 Zc Ed Z E3 Z F2 Zc E1g F2 G F7 G8 F G2 Fb R3 D R3 T E F Z2 Ia Z6 Ka Z6 R6 M R4 F3 # F Ia
Z6 Ez D E1h Z7 E5 F2 Ey F E Z5 E1y Za Ev Z F3 G4 F2 G3 Z4 G2 F G6 F3 Z4 V Z3 R2 Ia Eu Z2 E5 Zb
E18 Z4 Eq Z6 Ia K Z3 Vy En F2 G2 F Z2 R2 E1h G F G F7 Z F G F G2 F8 G6 Fa Z2 F Ia Z6 Ia Z6 R7 D
R6 Z2 Fe H Fg Z1d F4 G E1b F G F5 G F G5 F G2 E8 Z R2 Ia R7 Va F9 V9 R3 F2 G Eu G F4 G2 F2 G F3
E2 Ia E18 F G F2 G3 F G F3 G2 Z8 R4 E10 G8 F8 G2 F2 Z3 R5 Ia Z3 E3 Ia Eu D6 R2 B9 A B Z5 A17 Z2
A3 R8 Z8 F3 R Fd G F7 E4 F E6 F E2 G F2 E Z5 B18 D1r Bd D By D11 F1s A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B9 A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B
A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B9 A8 B6 Z2 A6
Z2 B8 A8 B8 A8 B6 Z2 A6 Z2 B8 Z A Z A Z A Z A B8 A8 Be Z2 B8 C8 B8 C8 B8 C8 B5 Z B2 A4 C U B U3
B3 Z B2 A4 C U3 B4 Z2 B2 A4 Z U3 B8 A5 U3 Z2 B3 Z B2 A4 C U2 Z Wb #5 M6 R2 P Q N P2 Q N P R8 X Y
#5 W R9 P Q R4 L2 R3 S N O Rb S R L Ra W #5 Z #a K D Z2 K6 S3 N O D Ka S3 N O Z Dd Z3 Tx Zf Fd
H4 F H3 Fc Zf V2 A V4 A V2 B A3 B2 A3 B V A V2 S A5 V6 A V A V A V A4 V B A4 B E4 B V2 B2 A2 S5
A B4 V S V2 B V Kg Jz A B J4 K V2 Z4 S5 V5 S2 V4 S V2 S V2 S V7 S Vv S2 V2 S V S Vv S7g V8 N O N
O Vk S2 V7 N O V29 S Vu Sp V14 S6 V20 Zm Vb Zl K1o V26 Km V53 S V9 S V1i S8 V33 S V6w N O N O N
O N O N O N O N O Ku V18 S5 N O Sv N O N O N O N O N O Sg V74 S3n N O N O N O N O N O N O N O N
O N O N O N O S1r N O N O Sw N O S76 V1c Sl V2 S6 V13 Z2 Vw Z V2x A1c B1c A B A3 B2 A B A B A B
A4 B A B2 A B6 D2 A3 B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B A B A B A B A B2 V6 A B A B F3 A B Z5 R4 K R2 B12 Z B Z5 B Z2 E1k Z7 D R Ze F En Z9 E7
Z E7 Z E7 Z E7 Z E7 Z E7 Z E7 Z E7 Z Fw R2 P Q P Q R3 P Q R P Q R9 M R2 M R P Q R2 P Q N O N O N
O N O R5 D Ra M2 R4 M R N Rd V2 R3 N O N O N O N O M Zy Vq Z V2h Zc V5y Zq Vg W R3 V D E J N O N
O N O N O N O V2 N O N O N O N O M N O2 V J9 F4 G2 M D5 V2 J3 D E R V2 Z E2e Z2 F2 U2 D2 E M E2i
R D3 E Z5 E17 Z E2m Z V2 K4 Va Ew V12 Z9 V Eg Vv Z Ka Vu K8 V Kf Vw Ka V13 Kf V8w E534 V1s Eg7p
D Evr Z3 V1j Z9 E14 D6 R2 E7g D R3 Eg Ia E2 Zk A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B A B A B A B A B A B A B A B A B E F H3 R Fa R D A B A B A B A B A B A B A B A B A B A
B A B A B A B A B D2 F2 E1y Ja F2 R6 Z8 Un D9 U2 A B A B A B A B A B A B A B3 A B A B A B A B A
B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A B A
B A B A B D B8 A B A B A2 B A B A B A B A B D U2 A B A B E A B A B3 A B A B A B A B A B A B A B
A B A B A B A5 B A5 B A B A B A B A B A B A B A B A4 B A B A2 B Z2 A B Z B Z B A B A B A B A Zl
D3 A B E D2 B E7 F E3 F E4 F En G2 F2 G V4 F Z3 K6 V2 T V Z6 E1g R4 Z8 G2 E1e Gg F2 Z8 R2 Ia Z6
Fi E6 R3 E R E2 F Ia Es F8 R2 En Fb G2 Zb R Et Z3 F3 G E1b F G2 F4 G2 F2 G3 Rd Z D Ia Z4 R2 E5 F
D E9 Ia E5 Z E15 F6 G2 F2 G2 F2 Z9 E3 F E8 F G Z2 Ia Z2 R4 Eg D E6 V3 E G F G E1e F E F3 E2 F2
E5 F2 E F E Zo E2 D R2 Eb G F2 G2 R2 E D2 G F Za E6 Z2 E6 Z2 E6 Z9 E7 Z E7 Z B17 U D4 B9 D U2 Z4
B28 Ez G2 F G2 F G2 R G F Z2 Ia Z6 E8mc Zc En Z4 E1d Z1l0 %4xs Ea6 Z2 E2y Z12 B7 Zc B5 Z5 E F Ea
S Ed Z E5 Z E Z E2 Z E2 Z E30 Uh Zg Ea3 O N Vg E1s Z2 E1i Z7 V Zw Ec T V3 Fg R7 N O R Z6 Fg R M2
L2 N O N O N O N O N O N O N O N O R2 N O R4 L3 R3 Z R4 M N O N O N O R3 S M S3 Z R T R2 Z4 E5 Z
E3r Z2 # Z R3 T R3 N O R S R M R2 Ia R2 S3 R2 Aq N R O U L U Bq N S O S N O R N O R2 Ea D E19 D2
Ev Z3 E6 Z2 E6 Z2 E6 Z2 E3 Z3 T2 S U V T2 Z V S4 V2 Za #3 V2 Z2 Ec Z Eq Z Ej Z E2 Z Ef Z2 Ee Zy
E3f Z5 R3 Z4 K19 Z3 V9 J1h K4 Vh K2 V3 Z Vd Z3 V Z1b V19 F Z3m Et Z3 E1d Zf F Kr Z4 Ew K4 Z9 Ek
J E8 J Z5 E12 F5 Z5 Eu Z R E10 Z4 E8 R J5 Z16 A14 B14 E26 Z2 Ia Z6 A10 Z4 B10 Z4 E14 Z8 E1g Zb R
Ab Z Af Z A7 Z A2 Z Bb Z Bf Z B7 Z B2 Z3 E1g Zc E8n Z9 Em Za E8 Zo D6 Z D16 Z D9 Z1x E6 Z2 E Z
E18 Z E2 Z3 E Z2 En Z R K8 En V2 K7 Ev Z8 K9 Z1c Ej Z E2 Z5 K5 Em K6 Z3 R Eq Z5 R Z1s E1k Z4 K2
E2 Kg Z2 K1a E F3 Z F2 Z5 F4 E4 Z E3 Z Et Z2 F3 Z4 F K9 Z7 R9 Z7 Et K2 R Et K3 Zw E8 V Es F2 Z4
K5 R7 Z9 E1i Z3 R7 Em Z2 K8 Ej Z5 K8 Ei Z7 R4 Zc K7 Z28 E21 Z1j A1f Zd B1f Z7 K6 E10 F4 Z8 Ia Z6
Ia E4 D E Am Z3 F5 M D Bm Z8 S2 Z5s Kv Z E16 Z F2 M Z2 E2 Zg E3 Z1j F4 Et Ka E Z8 Em Fb K4 R5 Zm
Ei F4 R4 Z12 El K7 Zk En Z9 G F G E1h Ff R7 Z4 Kk Ia F E2 F2 E Z9 F3 G E19 G3 F4 G2 F2 R2 # R4 F
Za # Z2 Ep Z7 Ia Z6 F3 E10 F5 G F8 Z Ia R4 E G2 E Z8 Ez F R2 E Z9 F2 G E1c G3 F9 G2 E4 R4 F4 R G
F Ia E R E R3 Z Kk Zb Ei Z Ep G3 F3 G2 F G F2 R6 F E2 F Z1q E7 Z E Z E4 Z Ef Z Ea R Z6 E1b F G3
F8 Z5 Ia Z6 F2 G2 Z E8 Z2 E2 Z2 Em Z E7 Z E2 Z E5 Z F2 E G2 F G4 Z2 G2 Z2 G3 Z2 E Z6 G Z5 E5 G2
Z2 F7 Z3 F5 Zb Ea Z E Z2 E Z E12 Z E G3 F6 Z G Z2 G Z G4 Z G2 F G F E F E R2 Z R2 Z8 F2 Zt E1h
G3 F8 G2 F3 G F E4 R5 Ia R2 Z R F E3 Zu E1c G3 F6 G F G4 F2 G F2 E2 R E Z8 Ia Z4m E1b G3 F4 Z2
G4 F2 G F2 Rn E4 F2 Zy E1c G3 F8 G2 F G F2 R3 E Zb Ia Z6 Rd Zj E17 F G F G2 F6 G F E R Z6 Ia Z6
Ik Zs Er Z2 F G F G2 F4 G F5 Z4 Ia K2 R3 V E7 Z55 E18 G3 F9 G F2 R Z2s Aw Bw Ia K9 Zc E8 Z2 E Z2
E8 Z E2 Z Eo G6 Z G2 Z2 F2 G F E G E G F R3 Z9 Ia Z1y E8 Z2 E13 G3 F4 Z2 F2 G4 F E R E G Zr E Fa
E14 F6 G E F4 R8 F Z8 E F6 G2 F3 E1a Fd G F2 R3 E R5 Zd E21 Z7 Ra Z52 Ex R Ze Ia Z6 E9 Z E11 G
F7 Z F6 G F E R5 Za Ia Kj Z3 R2 Eu Z2 Fm Z G F7 G F2 G F2 Z21 E7 Z E2 Z E12 F6 Z3 F Z F2 Z F7 E
F Z8 Ia Z6 E6 Z E2 Z Ew G5 Z F2 Z G2 F G F E Z7 Ia Z8m Ej F2 G2 R2 Z7 F2 E G Ed Z Ey G2 F5 Z3 G2
F G F Rd Ia F Z2d E Zf Kl V8 T4 Vh Zd R Epm Z2u J33 Z R5 Zb E5g Z218 E2p R2 Zd Ets #g F E6 Ff Za
E32z Z5 Eg7 Z5a1 Eu Fc G3 F3 Ia Z1c6 Eft Z7 Ev Z Ia Z4 R2 E27 Z Ia Z6 Eu Z2 F5 R Za E1c F7 R5 V4
D4 R V Za Ia Z K7 Z El Z5 Ej Zc0 D3 E14 D2 R3 Ia Z5i Aw Bw Kn R4 Z2t E23 Z4 F E G1j Z7 F4 Dd Z1s
D2 R D F Zb G2 Ze E4qg Z8 Eye Z15 Ea Z6w7 D4 Z D7 Z D2 Z E83 Zf E Zt E3 Z2 E Ze E4 Z8 Eb0 Z1s4
E2z Z5 Ed Z3 E9 Z7 Ea Z2 V F2 R #4 Z318 V6o Ia Z6 Vc4 Z24 F1a Z2 Fn Z9 V38 Z1o V6u Za V13 Z2 V1o
G2 F3 V3 G6 #8 F8 V2 F7 Vu F4 V1p Zl V1u F3 V Z3e Kk Zc Kk Zc V2f Z9 Kp Z3r Aq Bq Aq B7 Z Bi Aq
Bq A Z A2 Z2 A Z2 A2 Z2 A4 Z A8 B4 Z B Z B7 Z Bb Aq Bq A2 Z A4 Z2 A8 Z A7 Z Bq A2 Z A4 Z A5 Z A
Z3 A7 Z Bq Aq Bq Aq Bq Aq Bq Aq Bq Aq Bq Aq Bs Z2 Ap S Bp S B6 Ap S Bp S B6 Ap S Bp S B6 Ap S Bp
S B6 Ap S Bp S B6 A B Z2 I1e Ve8 F1j V4 F1e V8 F Ve F V2 R5 Zf F5 Z Ff Zuo Ba E Bk Z6 B6 Z5x F7
Z Fh Z2 F7 Z F2 Z F5 Z5 D1q Zx F Z34 E19 Z3 F7 D7 Z2 Ia Z4 E V Z8w Eu F Zh E18 F4 Ia Z5 T Zcw Er
D F4 Ia Z5y Eu F2 E Ia Z4 R Zdc E7 Z E4 Z E2 Z Ef Z E5h Z2 K9 F7 Z15 Ay By F7 D Z4 Ia Z4 R2 Zlt
K1n V K3 T K4 Z24 K19 V Kf Z5e E4 Z Er Z E2 Z E Z2 E Z Ea Z E4 Z E Z E Z6 E Z4 E Z E Z E Z E3 Z
E2 Z E Z2 E Z E Z E Z E Z E Z E2 Z E Z2 E4 Z E7 Z E4 Z E4 Z E Z Ea Z Eh Z5 E3 Z E5 Z Eh Z1g S2
Z7i V18 Z4 V2s Zc Vf Z2 Vf Z Vf Z V11 Za Kd V4h Z1k Vt Zd V18 Z4 V9 Z7 V2 Ze V6 Z4a V6z U5 Vk8
Z4 Vh Z3 Vd Z3 V3b Z4 V2n Z6 Vc Z4 V Zf Vc Z4 V1k Z8 Va Z6 V14 Z8 Vu Z2 Vc Z4 V2 Z1q V9g Zc Ve
Z2 Vd Z3 Va Z5 V1k Z7 Vf Z2 Vb Z6 V9 Z7 V43 Z V2k Ia Zsm Ewyo Zw E37e Z6 E66 Z2 E4g2 Ze E5rl Zf
Eha Z1wi Ef2 Z15u E3t7 Z5 E38g Zf975 # Zu #2o Z3k F6o Z1e6o %1eke Z2 %1eke Z2
`;
