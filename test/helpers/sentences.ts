// Sentences that no tokenizer likes, the same ones as those of test/fixtures/tokenizer.py.
import { congruence } from "../../lab/random.mjs";

const alphabets: readonly (readonly [number, number])[][] = [
  [[0x61, 0x7a]],
  [[0x61, 0x7a]],
  [[0x61, 0x7a]],
  [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  [[0x30, 0x39]],
  [[0x21, 0x7e]],
  [[0xc0, 0x24f]],
  [
    [0x370, 0x377],
    [0x386, 0x3ff],
  ],
  [[0x400, 0x52f]],
  [[0x5d0, 0x5ea]],
  [[0x620, 0x652]],
  [[0x904, 0x939]],
  [[0xe01, 0xe3a]],
  [[0xac00, 0xd7a3]],
  [[0x3041, 0x30ff]],
  [[0x4e00, 0x9fa5]],
  [[0x20000, 0x2a6d6]],
  [
    [0x1f300, 0x1f64f],
    [0x200d, 0x200d],
    [0xfe0f, 0xfe0f],
    [0x1f3fb, 0x1f3ff],
  ],
  [[0x1f1e6, 0x1f1ff]],
  [[0x2000, 0x206f]],
  [[0x0, 0xad]],
  [
    [0xfb00, 0xfb06],
    [0xff01, 0xff5e],
  ],
];
const between = [
  ...Array.from({ length: 12 }, () => " "),
  ...["  ", "\t", "\n", "\u00a0", "\u3000", "", ", ", ". ", "-", "\u200b", "'s ", "…"],
];
const literals = [
  ...["[SEP]", "[MASK]", "[UNK]", "<mask>", "</s>"],
  ...["don't", "U.S.A.", "ΟΔΟΣ", "İI", "ﬁn", "naïve"],
];

type Random = (below: number) => number;

/** Integers below a bound, the same as those of the fixtures' scripts. */
export function generator(seed: number): Random {
  const next = congruence(seed);
  return (below) => Math.floor((next() * below) / 2 ** 32);
}

function word(random: Random): string {
  if (random(20) === 0) return literals[random(literals.length)];
  const ranges = alphabets[random(alphabets.length)];
  const length = random(60) === 0 ? 90 + random(60) : 1 + random(10);
  const marked = random(8) === 0;
  let text = "";
  for (let i = 0; i < length; i++) {
    const [low, high] = ranges[random(ranges.length)];
    text += String.fromCodePoint(low + random(high - low + 1));
    if (marked) text += String.fromCodePoint(0x300 + random(0x70));
  }
  return text;
}

/** Letters of many scripts, emoji, combining marks, controls, very long words. */
export function sentence(index: number): string {
  const random = generator(index);
  for (let i = 0; i < 3; i++) random(2);
  const words = 1 + random(14);
  let text = "";
  for (let i = 0; i < words; i++) text += word(random) + between[random(between.length)];
  return text;
}
