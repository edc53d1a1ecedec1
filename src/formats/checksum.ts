// CRC-32 (ISO 3309, the polynomial of zlib, gzip and PNG). It finds every change within
// 32 neighbouring bits, so every changed byte, and others but for one in 2^32.

/** Made when it is first needed: who does not use it does not bundle it. */
let table: Int32Array | undefined;

/** The remainder of each byte. */
function remainders(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    }
    return remainder;
  });
}

/**
 * CRC-32 of `bytes`: an integer in 0 .. 2^32 - 1. About 2 ns a byte.
 *
 * @param previous - the checksum of the bytes before these, to go on from.
 * @example
 * ```ts
 * crc32(new TextEncoder().encode("123456789")); // 0xcbf43926
 * ```
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  table ??= remainders();
  let remainder = ~previous;
  for (let i = 0; i < bytes.length; i++) {
    remainder = table[(remainder ^ bytes[i]) & 0xff] ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}
