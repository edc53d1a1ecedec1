// Factorizations square their entries, so a matrix near the ends of the range is first multiplied
// by a power of two, which is exact, and its factor divided again afterwards. The rows of all blocks
// here are without gaps.
import type { Block, DType } from "../../wasm/index.js";

/** Entries within 2^±limit can be squared, summed and divided safely. */
const safeExponent = { f32: 40, f64: 400 };
/** The largest power of two that one multiplication may use. */
const largestStep = { f32: 120, f64: 1000 };

/** Multiplies the entries by 2^exponent. */
export function scaleByPowerOfTwo(x: Block, exponent: number): void {
  const step = largestStep[x.dtype];
  // Downwards the long steps come first: only the last one may round into the denormal numbers.
  for (let left = exponent; left !== 0; ) {
    const part = Math.max(-step, Math.min(step, left));
    x.kernels.scal(x.length, 2 ** part, x.handle);
    left -= part;
  }
}

/**
 * Brings the largest entry to [1, 2) when it is outside the safe range.
 *
 * @returns the exponent of the power of two that was multiplied in, 0 for most matrices.
 */
export function scaleToSafeRange(x: Block): number {
  const largest = x.kernels.amax(x.length, x.handle);
  if (largest === 0) return 0;
  const exponent = exponentOf(largest);
  if (Math.abs(exponent) <= safeExponent[x.dtype]) return 0;
  scaleByPowerOfTwo(x, -exponent);
  return -exponent;
}

/**
 * Whether the sum of the squares of `length` entries alone proves that all are finite and the
 * largest is in the safe range: it is at most the root of the sum and at least that of the mean.
 */
export function sumOfSquaresInSafeRange(dtype: DType, length: number, sum: number): boolean {
  const limit = 2 ** (2 * safeExponent[dtype]);
  return sum >= length / limit && sum <= limit;
}

/** Largest exponent that leaves elimination room to grow, and smallest that keeps all digits. */
const eliminationRange = { f32: { low: -90, high: 103 }, f64: { low: -900, high: 983 } };

/**
 * Scaling for eliminations, which square no entry: no further than their growth needs, because
 * entries of rows and columns on different scales all count. By an even exponent.
 *
 * @returns the exponent of the power of two that was multiplied in, 0 for nearly all matrices.
 */
export function scaleForElimination(x: Block): number {
  const largest = x.kernels.amax(x.length, x.handle);
  if (largest === 0) return 0;
  const { low, high } = eliminationRange[x.dtype];
  const shift = Math.max(low, Math.min(high, exponentOf(largest))) - exponentOf(largest);
  const even = shift + (shift % 2);
  scaleByPowerOfTwo(x, even);
  return even;
}

let float: DataView | undefined;

/** floor(log2(x)) of a finite x > 0, exactly; -1023 where it is less, among the subnormal numbers. */
export function exponentOf(x: number): number {
  float ??= new DataView(new ArrayBuffer(8));
  float.setFloat64(0, x);
  return (float.getUint32(0) >>> 20) - 1023;
}

/**
 * Refuses a factor that left the range of its type, which only happens when A was at its end.
 *
 * @throws RangeError
 */
export function checkRepresentable(name: string, what: string, x: Block): void {
  if (!x.isFinite()) {
    throw new RangeError(
      `${name}: ${what} overflows ${x.dtype}: the entries of A must be smaller (scale A down)`,
    );
  }
}
