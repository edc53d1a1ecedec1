// The beginning of a file of ratings or clicks, for people who say which columns are which.
import { evenRecords } from "./click-layout.js";
import { textOf } from "./delimited.js";
import { detect, sample } from "./dialect.js";
import { FormatError } from "./errors.js";
import { isMatrixMarket } from "./matrix-market.js";
import { readPreamble } from "./preamble.js";
import { layoutOf, type RatingsFormat } from "./rating-layout.js";
import { isJsonLines } from "./rating-lines.js";
import type { Dialect } from "./records.js";

/** How a file begins. */
export interface Preview {
  /** Of the columns, where the file names them. */
  names: readonly string[] | undefined;
  /** The first records. */
  records: readonly (readonly string[])[];
  /** Where user, item and rating stand, or user and item; undefined where that is not clear. */
  columns: readonly number[] | undefined;
}

/**
 * The first `count` records of what `parseEntries` reads, and which columns it takes; undefined of
 * files without columns, and of those that are not text.
 */
export function previewEntries(
  bytes: Uint8Array,
  source: string,
  format: RatingsFormat,
  count: number,
): Preview | undefined {
  let text: Uint8Array;
  try {
    text = textOf(bytes, source, format.encoding);
  } catch {
    return undefined;
  }
  if (isMatrixMarket(text) || isJsonLines(text)) return undefined;
  const preamble = readPreamble(text);
  const first = (dialect: Dialect, n: number) =>
    sample(text, source, dialect, preamble.start, n).map(({ fields }) => fields);
  try {
    const { dialect, start, columns } = layoutOf(text, source, format);
    // Names may also be in a comment, which is not a record.
    if (start.byte === preamble.start.byte) {
      return { names: undefined, records: first(dialect, count), columns };
    }
    const [names, ...records] = first(dialect, count + 1);
    return { names, records, columns };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const dialect = detect(text, source, preamble, format.delimiter, evenRecords);
    return { names: undefined, records: first(dialect, count), columns: undefined };
  }
}
