// SentencePiece's map of characters: a double array over the bytes of UTF-8, and the replacements.
import type { Fields } from "./fields.js";
import { graphemes } from "./graphemes.js";

/** Longer clusters are replaced character by character: bytes of UTF-8. */
const longestCluster = 5;

/**
 * The normalizer of a precompiled_charsmap.
 *
 * @throws FormatError when it is not one.
 */
export function precompiled(fields: Fields): (text: string) => string {
  const { units, texts } = charsmapOf(fields);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const known = new Map<string, string | undefined>();

  /** What the shortest beginning of a chunk that the map knows stands for: the whole is replaced. */
  function replacement(chunk: string): string | undefined {
    if (known.has(chunk)) return known.get(chunk);
    const found = lookUp(encoder.encode(chunk));
    if (known.size < 100_000) known.set(chunk, found);
    return found;
  }

  function lookUp(bytes: Uint8Array): string | undefined {
    let position = offsetOf(units[0]);
    for (const byte of bytes) {
      if (byte === 0) return undefined;
      position = (position ^ byte) >>> 0;
      if (position >= units.length) return undefined;
      const unit = units[position];
      if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
      position = (position ^ offsetOf(unit)) >>> 0;
      if (((unit >>> 8) & 1) === 1 && position < units.length) {
        const start = units[position] & 0x7fffffff;
        const end = texts.indexOf(0, start);
        return decoder.decode(texts.subarray(start, end < 0 ? texts.length : end));
      }
    }
    return undefined;
  }

  return (text) => {
    let result = "";
    for (const cluster of graphemes(text)) {
      const whole = lengthInBytes(cluster) <= longestCluster ? replacement(cluster) : undefined;
      if (whole !== undefined) {
        result += whole;
      } else {
        for (const character of cluster) result += replacement(character) ?? character;
      }
    }
    return result;
  };
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

function lengthInBytes(cluster: string): number {
  let length = 0;
  for (let at = 0; at < cluster.length && length <= longestCluster; at++) {
    const code = cluster.charCodeAt(at);
    // Each half of a surrogate pair counts 2 of its 4 bytes.
    length += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return length;
}

function charsmapOf(fields: Fields): { units: Uint32Array; texts: Uint8Array } {
  const name = "precompiled_charsmap";
  const bytes = fromBase64(fields.text(name));
  const size = bytes && bytes.length >= 4 ? new DataView(bytes.buffer).getUint32(0, true) : 0;
  if (!bytes || size === 0 || size % 4 !== 0 || size > bytes.length - 4) {
    throw fields.error("is not a character map of SentencePiece in base64", name);
  }
  const view = new DataView(bytes.buffer, 4, size);
  const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 * i, true));
  return { units, texts: bytes.subarray(4 + size) };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
