import { quote } from "../check/describe.js";
import { type OptionNames, readFields } from "../check/options.js";
import { checkColumns, checkWord } from "../check/values.js";
import { gradeEach, gradeWeights } from "./grades.js";
import type { IdIndex } from "./id-index.js";
import type { ModelState } from "./model-state.js";
import { type Id, readValues, textAt } from "./observations.js";
import { type PredictedRow, widthOf } from "./prediction.js";
import { solveRidge } from "./ridge.js";
import { rowEntries } from "./row-entries.js";

/** Observations of one new row: `values[i]` in column `colIds[i]`. */
export interface RowObservations {
  /** May be there, as it is in `Observations`: the same id everywhere. */
  rowIds?: ArrayLike<Id>;
  colIds: ArrayLike<Id>;
  values: ArrayLike<number>;
}

/** Factors and biases are standardised; what is computed from larger ones might not be finite. */
const largestPlace = 1e100;
const names: OptionNames<RowObservations> = { rowIds: true, colIds: true, values: true };

export interface FoldInOptions {
  /**
   * How many of the observations' columns may be unknown to the model: some of them, all of them
   * (which gives the average row), or none. @defaultValue "some"
   */
  unknown?: "some" | "all" | "none";
}

/** Factors and bias of a new row; see `MatrixCompletion.foldIn`. */
export function placeRow(
  state: ModelState,
  colIndex: IdIndex,
  observations: RowObservations,
  options: FoldInOptions,
): { history: PredictedRow; ignored: number; unknown: string[]; duplicates: number } {
  const { unknown: allowed = "some" } = readFields("foldIn", options, { unknown: true });
  checkWord("foldIn", "unknown", allowed, ["some", "all", "none"], TypeError);
  const { colIndices, values, ...counts } = readRow(state, colIndex, observations);
  const { unknown } = counts;
  const { head } = state;
  const weights = head && gradeWeights(head.grades, gradeEach(head.grades, values));
  if (unknown.length > 0 && (allowed === "none" || (allowed === "some" && values.length === 0))) {
    throw unknownColumns(unknown, colIndex.size, values.length);
  }
  const n = colIndices.length;
  const width = widthOf(state);
  const factors = implicitPart(state, colIndices);
  if (n === 0) return { history: { factors, bias: 0, colIndices, weights }, ...counts };
  // What the biases and the implicit part leave of each value, for the row's own factors and bias.
  const features = new Float64Array(n * (width + 1));
  const targets = new Float64Array(n);
  for (let p = 0; p < n; p++) {
    const col = colIndices[p];
    let target = (values[p] - state.mean) / state.scale - state.colBias[col];
    for (let c = 0; c < width; c++) {
      const y = state.colFactors[col * width + c];
      features[p * (width + 1) + c] = y;
      target -= factors[c] * y;
    }
    features[p * (width + 1) + width] = 1;
    targets[p] = target;
  }
  const ridges = new Float64Array(width + 1).fill(state.factorRidge * Math.sqrt(n));
  ridges[width] = state.biasRidge;
  const solution = solveRidge(features, targets, ridges);
  for (let c = 0; c < width; c++) factors[c] += solution[c];
  const largest = solution.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest <= largestPlace)) {
    throw new RangeError(
      `foldIn: the row would lie at ${largest}: its values must be nearer to those of the model, ` +
        `about ${state.mean} with errors of ${state.scale}`,
    );
  }
  return { history: { factors, bias: solution[width], colIndices, weights }, ...counts };
}

/** Ids that a message names. */
const named = 3;

function unknownColumns(unknown: readonly string[], cols: number, known: number): RangeError {
  const first = unknown.slice(0, named).map(quote).join(", ");
  const more = unknown.length > named ? `, … (${unknown.length})` : "";
  const way = known === 0 ? '{ unknown: "all" } takes the average row' : "leave them out";
  return new RangeError(
    `foldIn: ${known === 0 ? "all columns are" : "columns are"} unknown, ${first}${more}: they must ` +
      `be among the ${cols} columns trained on (${way})`,
  );
}

/** |N|^-1/2 sum of E_i over the row's columns; zeros without implicit terms. */
function implicitPart(state: ModelState, colIndices: Int32Array) {
  const { implicit, patternFactors } = state;
  const width = widthOf(state);
  const factors = new Float64Array(width);
  if (!implicit || colIndices.length === 0) return factors;
  for (const col of colIndices) {
    for (let c = 0; c < width; c++) factors[c] += patternFactors[col * width + c];
  }
  const root = Math.sqrt(colIndices.length);
  for (let c = 0; c < width; c++) factors[c] /= root;
  return factors;
}

function checkOneRow(rowIds: ArrayLike<Id>): void {
  const first = rowIds.length > 0 ? textAt("foldIn", "rowIds", rowIds, 0) : "";
  for (let p = 1; p < rowIds.length; p++) {
    const id = textAt("foldIn", "rowIds", rowIds, p);
    if (id === first) continue;
    throw new RangeError(
      `foldIn: rowIds[0] is ${quote(first)} and rowIds[${p}] is ${quote(id)}: ` +
        "the observations must be of one row",
    );
  }
}

function readRow({ settings }: ModelState, colIndex: IdIndex, observations: RowObservations) {
  const wanted = "an object with colIds and values";
  const read = readFields("foldIn", observations, names, wanted, "observations");
  const { rowIds, colIds } = read;
  checkColumns("foldIn", { colIds, values: read.values });
  if (rowIds !== undefined) {
    checkColumns("foldIn", { rowIds, values: read.values });
    checkOneRow(rowIds);
  }
  const values = readValues("foldIn", read.values);
  return rowEntries("foldIn", colIndex, colIds, values, settings.duplicates);
}
