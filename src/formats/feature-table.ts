// What is known of items beside who chose them, as tables have it: numbers, and words that items share.
import { isDecimal } from "./decimal.js";
import type { SampleRecord } from "./dialect.js";
import { FormatError } from "./errors.js";
import { type IdTableFormat, idColumnOf, recordsOf } from "./id-tables.js";
import { columnCount } from "./rating-layout.js";

/** A row of features per id: a sparse matrix as triplets. */
export interface FeatureTable {
  readonly ids: readonly string[];
  readonly rows: number;
  readonly cols: number;
  readonly rowIndices: readonly number[];
  readonly colIndices: readonly number[];
  readonly values: readonly number[];
}

/** Words of a column that are kept: those of most items. */
const mostWords = 512;
/** ASCII only: what is a letter elsewhere changes with the engine's Unicode tables. */
const separators = /[\s|,;:.!?"'()[\]{}/\\&_-]+/;

/**
 * The features in a table: an item id in each record, in the column that a header names or in the
 * first one. A column of numbers is a feature, over its standard deviation. Of any other column each
 * word is one, 1 where the item has it: genres between bars, titles, makers. A word of one item says
 * nothing of others and is left out, and of more than 512 words the rarer ones. Of several records of
 * an id the first one counts.
 *
 * @throws FormatError with the line: records of different lengths, an empty id, malformed text; without
 *   one where nothing is left that two items share.
 */
export function parseFeatures(
  bytes: Uint8Array,
  source: string,
  format: IdTableFormat,
): FeatureTable {
  const [first, ...rest] = recordsOf(bytes, source, format);
  const named = idColumnOf(first.fields);
  const idColumn = Math.max(named, 0);
  const hasHeader = named >= 0 || namesNumbers(first.fields, rest);
  const items = new Map<string, readonly string[]>();
  for (const { line, fields } of hasHeader ? rest : [first, ...rest]) {
    if (fields.length !== first.fields.length) {
      const counts = `${columnCount(fields.length)} and the first record has ${first.fields.length}`;
      throw new FormatError(source, counts, line);
    }
    const id = fields[idColumn];
    if (id === "") throw new FormatError(source, "the item id is empty", line);
    if (!items.has(id)) items.set(id, fields);
  }
  const [rowIndices, colIndices, values] = [[], [], []] as number[][];
  let cols = 0;
  for (let column = 0; column < first.fields.length; column++) {
    if (column === idColumn) continue;
    const fields = Array.from(items.values(), (item) => item[column].trim());
    for (const feature of featuresOf(fields)) {
      for (const [row, value] of feature) {
        rowIndices.push(row);
        colIndices.push(cols);
        values.push(value);
      }
      cols++;
    }
  }
  if (cols === 0) {
    throw new FormatError(
      source,
      "it says nothing that two items share: beside the id there must be a column of numbers or words",
    );
  }
  return { ids: [...items.keys()], rows: items.size, cols, rowIndices, colIndices, values };
}

/** Whether a column has a name first and then numbers. */
function namesNumbers(names: readonly string[], rest: readonly SampleRecord[]): boolean {
  const isNumber = (text: string | undefined) => isDecimal(text ?? "");
  return names.some(
    (name, c) =>
      c > 0 &&
      rest.length > 0 &&
      !isNumber(name) &&
      rest.every(({ fields }) => isNumber(fields[c])),
  );
}

/** The features of a column, each a value per item that has it. */
function featuresOf(fields: readonly string[]): Map<number, number>[] {
  const given = fields.filter((field) => field !== "");
  if (given.length > 0 && given.every(isDecimal)) return scaledNumbers(fields);
  const words = new Map<string, Map<number, number>>();
  fields.forEach((field, row) => {
    for (const word of field.toLowerCase().split(separators)) {
      if (word === "") continue;
      if (!words.has(word)) words.set(word, new Map());
      words.get(word)?.set(row, 1);
    }
  });
  const shared = [...words].filter(([, rows]) => rows.size > 1);
  // Of equally frequent words the first ones, so that the order of the items does not matter.
  shared.sort(([a, x], [b, y]) => y.size - x.size || (a < b ? -1 : 1));
  return shared.slice(0, mostWords).map(([, rows]) => rows);
}

/** One feature, over its standard deviation, or none where all are equal; an empty field is the mean. */
function scaledNumbers(fields: readonly string[]): Map<number, number>[] {
  const numbers = new Map<number, number>();
  fields.forEach((field, row) => {
    if (field !== "") numbers.set(row, Number(field));
  });
  let mean = 0;
  for (const value of numbers.values()) mean += value / numbers.size;
  let variance = 0;
  for (const value of numbers.values())
    variance += (value - mean) * ((value - mean) / numbers.size);
  if (!(variance > 0)) return [];
  const deviation = Math.sqrt(variance);
  for (const [row, value] of numbers) numbers.set(row, (value - mean) / deviation);
  return [numbers];
}
