// Bytes in a text between quotes, as an application's bundle carries kernels. Compressed on its way it takes
// what the bytes would: most bytes are one character each, where base64 tears them apart (a half more) and
// hexadecimal digits double them (a tenth more, and twice the source to read). The build writes such texts
// (scripts/text-of-bytes.mjs).

/** Printable, without what is special in strings, templates and pages. The last two are prefixes. */
const characters =
  " !#%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~";
/** The bytes that kernels have most, as hexadecimal digits: one character each. Others follow a prefix. */
const frequentBytes =
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223282a2b30343638393e3f404142434446484a4c4e555f61636465666a6b6c6d6f717273747b7c7f8092a0a2bfe4e6f0f1f2fdff";

/** Bytes by what stands for them: a page of 128 for each character alone, and after either prefix. */
function pages(): Uint8Array {
  const count = characters.length - 2;
  const table = new Uint8Array(3 * 128);
  const placed = new Uint8Array(256);
  let place = 0;
  const put = (byte: number) => {
    table[128 * Math.floor(place / count) + characters.charCodeAt(place % count)] = byte;
    placed[byte] = 1;
    place++;
  };
  for (let i = 0; i < frequentBytes.length; i += 2) {
    put(Number.parseInt(frequentBytes.slice(i, i + 2), 16));
  }
  for (let byte = 0; byte < 256; byte++) if (placed[byte] === 0) put(byte);
  return table;
}

let table: Uint8Array | undefined;

/** The bytes of a text. */
export function decodeText(text: string): Uint8Array<ArrayBuffer> {
  table ??= pages();
  // Engines interpret the loop, which is over before they have compiled it: it looks up no more than it must.
  const map = table;
  const first = characters.charCodeAt(characters.length - 2);
  // Codes, and in their place bytes: an engine that has just started reads an array sooner than a text.
  const bytes = new TextEncoder().encode(text);
  const end = bytes.length;
  let length = 0;
  for (let i = 0; i < end; ) {
    const code = bytes[i++];
    bytes[length++] = code < first ? map[code] : map[(code === first ? 128 : 256) + bytes[i++]];
  }
  return bytes.subarray(0, length);
}
