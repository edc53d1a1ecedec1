/** x^8 + x^7 + x^5 + x^2 + x + 1 without its first term, the first coefficient in front. */
const polynomial = 0b1010_0111;

/** Bits of the remainder. */
export const crcBits = 8;

/**
 * The cyclic redundancy check of degree 8 of the bits start .. end - 1, each 0 or 1, the first one
 * the highest coefficient: the remainder of the message times x^8. A message followed by its check,
 * highest bit first, has the check 0.
 */
export function crc8(bits: Uint8Array, start = 0, end = bits.length): number {
  let remainder = 0;
  for (let i = start; i < end; i++) {
    const carry = (remainder >> 7) ^ bits[i];
    remainder = (remainder << 1) & 0xff;
    if (carry !== 0) remainder ^= polynomial;
  }
  return remainder;
}
