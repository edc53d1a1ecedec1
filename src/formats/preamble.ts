// What precedes the records of a table: empty lines, comments, Excel's "sep=;".
import { isDecimal } from "./decimal.js";
import type { Position } from "./records.js";

export interface Preamble {
  /** Where the first record starts. */
  start: Position;
  /** What a line "sep=;" says. */
  delimiter?: string;
  /** Without its marks: it may hold the names of the columns. */
  lastComment?: { line: number; text: string };
  /** # or %, where the first record begins with it and yet reads as a rating. */
  doubtfulMark?: string;
}

/** Characters of a line that are looked at. */
const longestLine = 4096;

export function readPreamble(bytes: Uint8Array): Preamble {
  const decoder = new TextDecoder();
  const preamble: Preamble = { start: { byte: 0, line: 1 } };
  for (;;) {
    const { byte, line } = preamble.start;
    if (byte >= bytes.length) return preamble;
    const lineFeed = bytes.indexOf(10, byte);
    const end = lineFeed < 0 ? bytes.length : lineFeed;
    const text = decoder.decode(bytes.subarray(byte, Math.min(end, byte + longestLine))).trim();
    const separator = line === 1 ? text.match(/^"?sep=(.|\t)"?$/)?.[1] : undefined;
    if (separator !== undefined) preamble.delimiter = separator;
    else if (/^[#%]/.test(text)) {
      if (readsAsRating(text)) return { ...preamble, doubtfulMark: text[0] };
      preamble.lastComment = { line, text: text.replace(/^[#%]+\s*/, "") };
    } else if (text !== "") return preamble;
    preamble.start = { byte: lineFeed < 0 ? bytes.length : end + 1, line: line + 1 };
  }
}

/** "#7,Alien,5" but not "# 7 12 5": there the mark stands for itself. */
function readsAsRating(text: string): boolean {
  if (/^[#%]+(\s|$)/.test(text)) return false;
  const separators = [",", ";", "|", "\t", "::", /\s+/];
  return separators.some((separator) => isDecimal((text.split(separator)[2] ?? "").trim()));
}
