// Checks of the fields of a model file. All of them throw a ModelFileError that says what is and what
// must be.
import { type ColumnFactors, dot } from "../als/row-solver.js";
import { quote } from "../check/describe.js";
import { ModelFileError } from "./model-file-error.js";

/** Which entries were observed. */
interface Pattern {
  readonly rowIds: readonly string[];
  readonly colIds: readonly string[];
  readonly rowStart: Int32Array;
  readonly colIndices: Int32Array;
}

/** The observed entries, row by row, the columns of a row increasing: none outside the model. */
export function checkPattern({ rowStart, colIndices, rowIds, colIds }: Pattern): void {
  const cols = colIds.length;
  let inside = rowStart[0] === 0 && rowStart[rowIds.length] === colIndices.length;
  for (let u = 0; u < rowIds.length && inside; u++) {
    const [start, end] = [rowStart[u], rowStart[u + 1]];
    inside = start <= end && end <= colIndices.length;
    for (let p = start, before = -1; p < end && inside; before = colIndices[p++]) {
      inside = colIndices[p] > before && colIndices[p] < cols;
    }
  }
  if (!inside) {
    throw new ModelFileError("it is damaged: the observed entries are outside the matrix");
  }
}

/** Each id once. */
export function increasing(kind: string, ids: readonly string[]): void {
  for (let i = 1; i < ids.length; i++) {
    if (ids[i - 1] < ids[i]) continue;
    fail(`${kind} id ${i}`, quote(ids[i]), `come after ${quote(ids[i - 1])}`);
  }
}

export function integer(
  what: string,
  value: number,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return;
  fail(what, value, `be an integer in ${low} .. ${high}`);
}

/** A number in (0, high]. */
export function within(what: string, value: number, high: number): void {
  if (!(value > 0 && value <= high)) fail(what, value, `be in (0, ${high}]`);
}

export function finite(what: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    // Of NaN and infinities the difference is NaN.
    if (values[i] - values[i] !== 0) fail(what, values[i], "be finite");
  }
}

export function fail(what: string, is: number | string, wanted: string): never {
  throw new ModelFileError(`it is damaged: ${what} is ${is}: it must ${wanted}`);
}

/**
 * The factors of columns by which rows are ordered, in a file: the system of a row has a condition of
 * max |y|^2 / threshold at most, and its solution a size of max |y| / threshold. Within these limits
 * scores are finite in f32.
 */
const columnLimits = { condition: 1e12, threshold: 1e-30, number: 1e18 };

export function checkColumnFactors(columns: ColumnFactors): void {
  const { factors, cols, rank, cellWeight, threshold } = columns;
  const { condition, number } = columnLimits;
  within("the weight of a cell", cellWeight, number);
  within("the threshold", threshold, number);
  if (threshold < columnLimits.threshold) {
    fail("the threshold", threshold, `be at least ${columnLimits.threshold}`);
  }
  finite("a factor", factors);
  const largest = condition * threshold;
  for (let i = 0; i < cols; i++) {
    const y = Float64Array.from(factors.subarray(i * rank, (i + 1) * rank));
    const square = dot(y, 0, y);
    if (square > largest) fail(`the squared size of factor ${i}`, square, `be at most ${largest}`);
  }
}
