const grammar = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a decimal number: digits, a point, an exponent. */
export function isDecimal(text: string): boolean {
  return grammar.test(text);
}

/** 10^0 .. 10^15, each exact. */
const powersOfTen = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/**
 * The decimal number that the ASCII bytes start .. end - 1 spell, correctly rounded; NaN when they
 * do not spell one (so for hexadecimal, "NaN" and "Infinity"), infinite when it overflows.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  const digits = i;
  let mantissa = 0;
  let point = -1;
  for (; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit >= 0 && digit <= 9) mantissa = 10 * mantissa + digit;
    else if (bytes[i] === 46 && point < 0) point = i;
    else break;
  }
  const count = i - digits - (point < 0 ? 0 : 1);
  if (i === end && count >= 1 && count <= 15) {
    // Both are integers below 2^53: one rounding, the division's, gives the nearest double.
    const value = point < 0 ? mantissa : mantissa / powersOfTen[end - point - 1];
    return negative ? 0 - value : value;
  }
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 1000)));
  return end - start <= 1000 && grammar.test(text) ? Number(text) : Number.NaN;
}
