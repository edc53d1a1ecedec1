// Recommendations of many users as text, piece by piece.
import type { Named } from "./format.js";

/** The recommendations of one user, the best first. */
export interface Recommended {
  row: string;
  recommendations: readonly Named[];
}

/** Characters of a piece, about. */
const pieceLength = 1 << 16;

/** A line per recommendation: user, item, place in the list, score and perhaps title. */
export function recommendationsAsCsv(
  all: AsyncIterable<Recommended>,
  titled: boolean,
): AsyncGenerator<Uint8Array> {
  async function* lines() {
    yield `user,item,rank,score${titled ? ",title" : ""}\n`;
    for await (const { row, recommendations } of all) {
      for (const [place, { col, value, title = "" }] of recommendations.entries()) {
        const cells = [csvField(row), csvField(col), place + 1, value];
        yield `${[...cells, ...(titled ? [csvField(title)] : [])].join(",")}\n`;
      }
    }
  }
  return pieces(lines());
}

/** A line per user: the object that `recommend --json` prints. */
export function recommendationsAsJson(all: AsyncIterable<Recommended>): AsyncGenerator<Uint8Array> {
  async function* lines() {
    for await (const one of all) yield `${JSON.stringify(one)}\n`;
  }
  return pieces(lines());
}

/** A field as RFC 4180 has it: quoted where it holds what ends one, or spaces that a reader drops. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for await (const line of lines) {
    text += line;
    if (text.length < pieceLength) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}
