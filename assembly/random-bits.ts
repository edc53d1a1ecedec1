// Random bits, by the generator of random.ts.
import { kindBits, philox } from "./random";
import { at } from "./simd";

/** The 32-bit words start .. start + n - 1 of the stream, all bits random: four a block. */
// @kernel
export function randomBits(
  n: i32, seedLow: i32, seedHigh: i32, stream: i32, start: f64, x: usize,
): void {
  const begin = <u64>start;
  const offset = <i32>(begin & 3);
  let block = begin >> 2;
  for (let i = -offset; i < n; i += 4, block++) {
    const counter = i32x4(<i32>block, <i32>(block >> 32), stream, kindBits);
    const words = philox(counter, seedLow, seedHigh);
    if (i >= 0 && i + 4 <= n) {
      v128.store(at<i32>(x, i), words);
      continue;
    }
    storeWord(n, i, x, i32x4.extract_lane(words, 0));
    storeWord(n, i + 1, x, i32x4.extract_lane(words, 1));
    storeWord(n, i + 2, x, i32x4.extract_lane(words, 2));
    storeWord(n, i + 3, x, i32x4.extract_lane(words, 3));
  }
}

function storeWord(n: i32, i: i32, x: usize, word: i32): void {
  if (i >= 0 && i < n) store<i32>(at<i32>(x, i), word);
}
