// The alphabet of byte-level models: each byte of a text in UTF-8 as a character that can be seen.

/** The character of each byte: itself where it can be seen, otherwise one from U+0100 on. */
const characters: readonly string[] = (() => {
  let hidden = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(visible ? byte : 0x100 + hidden++);
  });
})();

/** The bytes of a text in UTF-8, each as its character. */
export function bytesAsCharacters(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) as number;
    if (point < 0x80) {
      result += characters[point];
    } else if (point < 0x800) {
      result += characters[0xc0 | (point >> 6)] + characters[0x80 | (point & 63)];
    } else if (point < 0x10000) {
      result +=
        characters[0xe0 | (point >> 12)] +
        characters[0x80 | ((point >> 6) & 63)] +
        characters[0x80 | (point & 63)];
    } else {
      at++;
      result +=
        characters[0xf0 | (point >> 18)] +
        characters[0x80 | ((point >> 12) & 63)] +
        characters[0x80 | ((point >> 6) & 63)] +
        characters[0x80 | (point & 63)];
    }
  }
  return result;
}
