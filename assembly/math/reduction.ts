// Reduction of huge angles by Payne and Hanek (1983), in integers. a = M 2^e with M of 53 bits; of
// the bits of 2/pi, those that make multiples of four quarter turns drop out on the left, and 192
// that follow are multiplied by M. What is cut off on the right is below 2^-137 of a quarter turn,
// and no f64 comes nearer than 2^-62 to a multiple of pi/2.

/** 64 zeros, then 2/pi: 1216 bits are reached from the largest f64. (scripts/minimax.py) */
const twoOverPi = memory.data<u64>([
  0x0000000000000000,
  0xa2f9836e4e441529,
  0xfc2757d1f534ddc0,
  0xdb6295993c439041,
  0xfe5163abdebbc561,
  0xb7246e3a424dd2e0,
  0x06492eea09d1921c,
  0xfe1deb1cb129a73e,
  0xe88235f52ebb4484,
  0xe99c7026b45f7e41,
  0x3991d639835339f4,
  0x9c845f8bbdf9283b,
  0x1ff897ffde05980f,
  0xef2f118b5a0a6d1f,
  0x6d367ecf27cb09b7,
  0x4f463f669e5fea2d,
  0x7527bac7ebe5f17b,
  0x3d0739f78a5292ea,
  0x6bfb5fb11f8d5d08,
  0x56033046fc7b6bab,
  0xf0cfbc209af4361d,
]);

/** pi/2 in 64 bits, the unit being 2^-63. */
const halfPi: u64 = 0xc90fdaa22168c234;

// What reduceHuge leaves: a = quarter pi/2 + high + low, modulo 2 pi.
export let reducedQuarter: i64 = 0;
export let reducedHigh: f64 = 0;
export let reducedLow: f64 = 0;

/** Reduces 2^20 <= a < infinity to |high| <= pi/4; relative error of high + low about 2^-62. */
export function reduceHuge(a: f64): void {
  const bits = reinterpret<u64>(a);
  const M = (bits & 0x000fffffffffffff) | 0x0010000000000000;
  const e = <i32>(bits >> 52) - 1075;
  // Bit i of 2/pi (the first is 1) has weight 2^(e - i) here. The window starts at i = e - 1, the
  // last bit that is worth less than four, so its value is W 2^-190.
  const start = e + 62;
  const P2 = M * window(start + 128);
  const middle = M * window(start + 64);
  const P1 = mulHigh(M, window(start + 128)) + middle;
  const carry: u64 = P1 < middle ? 1 : 0;
  const P0 = M * window(start) + mulHigh(M, window(start + 64)) + carry;

  // Quarter turns before the point, their fraction behind it, rounded to the nearest turn.
  let high = (P0 << 2) | (P1 >> 62);
  let low = (P1 << 2) | (P2 >> 62);
  const negative = <i64>high < 0;
  reducedQuarter = <i64>(P0 >> 62) + (negative ? 1 : 0);
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  // The 64 leading bits of the fraction, times pi/2.
  const zeros = clz(high);
  const leading = (high << zeros) | ((low >> 1) >> (63 - zeros));
  const product = mulHigh(leading, halfPi);
  const unit = powerOfTwo(-63 - <i32>zeros);
  const sign = negative ? -unit : unit;
  reducedHigh = sign * <f64>(product & ~0x7ff);
  reducedLow = sign * <f64>(product & 0x7ff);
}

/** 64 bits of the table, from bit `start` on. */
function window(start: i32): u64 {
  const p = twoOverPi + ((<usize>start >> 6) << 3);
  const shift = <u64>(start & 63);
  return (load<u64>(p) << shift) | ((load<u64>(p, 8) >> 1) >> (63 - shift));
}

/** The upper 64 bits of a product. */
function mulHigh(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const cross = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (cross & 0xffffffff);
  return a1 * b1 + (cross >> 32) + (other >> 32);
}

/** 2^k in the normal range. */
function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>(<u64>(k + 1023) << 52);
}
