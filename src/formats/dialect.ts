// What separates the fields of a file, by its first records; and records as text.
import { FormatError } from "./errors.js";
import type { Preamble } from "./preamble.js";
import { type Dialect, type Position, RecordReader } from "./records.js";

/** A record as text. */
export interface SampleRecord {
  line: number;
  fields: string[];
  /** Where the next one starts. */
  next: Position;
}

/** In the order in which ties are broken: white space also splits what the others keep whole. */
const delimiters: readonly string[] = ["\t", "::", ",", ";", "|", " "];
/** Records that are tried with each delimiter, and about as many bytes. */
const detectionRecords = 20;
const detectionBytes = 1 << 14;
const backslashByte = 92;
/**
 * The dialect under which the first records score best; what is malformed under it speaks against
 * it.
 *
 * @param chosen - the delimiter, where the user says it.
 */
export function detect(
  bytes: Uint8Array,
  source: string,
  preamble: Preamble,
  chosen: string | undefined,
  score: (records: readonly SampleRecord[], delimiter: string) => number,
): Dialect {
  const given = chosen ?? preamble.delimiter;
  let best: Dialect = { delimiter: given ?? ",", backslash: false };
  let bestScore = -1;
  // Backslashes that come later show where RFC 4180 fails.
  const escapes = bytes.subarray(0, detectionBytes).includes(backslashByte)
    ? [false, true]
    : [false];
  for (const delimiter of given === undefined ? delimiters : [given]) {
    for (const backslash of escapes) {
      const dialect = { delimiter, backslash };
      const records = sample(bytes, source, dialect, preamble.start, detectionRecords);
      const found = score(records, delimiter);
      if (found > bestScore) [best, bestScore] = [dialect, found];
    }
  }
  return best;
}

/** The records as text, one by one. */
export function* records(
  bytes: Uint8Array,
  source: string,
  dialect: Dialect,
  start: Position,
): Generator<SampleRecord> {
  const reader = new RecordReader(bytes, source, dialect, start);
  while (reader.next()) {
    const fields = Array.from({ length: reader.fieldCount }, (_, i) => reader.text(i));
    yield { line: reader.line, fields, next: reader.after };
  }
}

/** The first records, up to one that is malformed: who reads in earnest will report that. */
export function sample(
  bytes: Uint8Array,
  source: string,
  dialect: Dialect,
  start: Position,
  count: number,
): SampleRecord[] {
  const found: SampleRecord[] = [];
  try {
    for (const record of records(bytes, source, dialect, start)) {
      if (found.push(record) === count) break;
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return found;
}
