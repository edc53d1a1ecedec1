/**
 * Bytes of a text of two hexadecimal digits each. An application's bundle is compressed on its way, and
 * digits, unlike base64, keep bytes apart: the kernels take two sevenths less. In order of measured
 * speed: `Uint8Array.fromHex`, Node's `Buffer`, then a plain loop.
 */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as { fromHex?: (text: string) => Uint8Array<ArrayBuffer> }).fromHex;
  if (native) return native.call(Uint8Array, text);
  const { Buffer } = globalThis as {
    Buffer?: { from(text: string, encoding: string): Uint8Array<ArrayBuffer> };
  };
  if (Buffer) return Buffer.from(text, "hex");
  const bytes = new Uint8Array(text.length / 2);
  const digit = (i: number) => {
    const code = text.charCodeAt(i);
    return code < 58 ? code - 48 : code - 87;
  };
  for (let i = 0; i < bytes.length; i++) bytes[i] = 16 * digit(2 * i) + digit(2 * i + 1);
  return bytes;
}
