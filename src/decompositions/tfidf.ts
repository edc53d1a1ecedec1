import { invalidValue } from "../check/describe.js";
import { finite, list } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { log, square } from "../linalg/elementary.js";
import { checkSparse, SparseMatrix } from "../linalg/sparse-matrix.js";
import { newArray } from "../wasm/index.js";

export interface TfidfOptions {
  /** The weights of the words that an earlier call found, for texts that came later. */
  idf?: ArrayLike<number>;
}

export interface Tfidf {
  /** One row of length 1 per text; a text without words is 0. */
  weights: SparseMatrix;
  /** The weight of each word: 1 + ln((1 + texts) / (1 + texts that have it)). */
  idf: Float64Array;
}

/**
 * Counts of words made comparable: each count times the weight of its word, rows of length 1. The
 * defaults of scikit-learn's `TfidfTransformer` (smoothed weights, Euclidean length). O(entries).
 *
 * @param counts - texts x words, counts >= 0; left unchanged.
 * @returns in the type of the counts.
 * @throws RangeError when a count is negative or not finite, or there are not as many weights as words;
 * TypeError when counts is not a SparseMatrix or an option is unknown.
 * @example
 * ```ts
 * const counts = SparseMatrix.from({
 *   rows: 2, cols: 2, rowStart: [0, 1, 3], colIndices: [0, 0, 1], values: [3, 1, 1],
 * });
 * const { idf, weights } = tfidf(counts);
 * idf; // Float64Array [1, 1.4055]
 * weights.toDense().toArray()[0]; // [1, 0]
 * ```
 */
export function tfidf(counts: SparseMatrix, options: TfidfOptions = {}): Tfidf {
  const name = "tfidf";
  const read = checkedOptions<TfidfOptions>(name, options, { idf: list(finite) });
  if (!(counts instanceof SparseMatrix)) {
    throw invalidValue(name, "counts", counts, "a SparseMatrix", TypeError);
  }
  checkSparse(name, "counts", counts);
  const { rows, cols, rowStart, colIndices, values } = counts;
  if (read.idf !== undefined && read.idf.length !== cols) {
    throw new RangeError(
      `${name}: idf has ${read.idf.length} entries and counts is ${rows} x ${cols}: ` +
        `it must have ${cols}`,
    );
  }
  const bad = values.findIndex((count) => !(count >= 0 && count < Number.POSITIVE_INFINITY));
  if (bad >= 0) {
    throw invalidValue(name, `counts.values[${bad}]`, values[bad], "a finite number >= 0");
  }
  const idf = read.idf === undefined ? weightsOf(counts) : Float64Array.from(read.idf);
  const weights = newArray(counts.dtype, values.length);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let p = rowStart[i]; p < rowStart[i + 1]; p++) {
      sum += square(values[p] * idf[colIndices[p]]);
    }
    const length = Math.sqrt(sum) || 1;
    for (let p = rowStart[i]; p < rowStart[i + 1]; p++) {
      weights[p] = (values[p] * idf[colIndices[p]]) / length;
    }
  }
  return { weights: counts.withValues(weights), idf };
}

function weightsOf({ rows, cols, colIndices, values }: SparseMatrix): Float64Array {
  const texts = new Float64Array(cols);
  for (let p = 0; p < values.length; p++) if (values[p] > 0) texts[colIndices[p]]++;
  return texts.map((having) => 1 + log((1 + rows) / (1 + having)));
}
