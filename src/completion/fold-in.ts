import { checkList, checkObject } from "../linalg/check.js";
import type { ModelState } from "./model-state.js";
import { checkValues, type Id, textAt } from "./observations.js";
import { solveRidge } from "./ridge.js";

/** Observations of one new row: `values[i]` in column `colIds[i]`. */
export interface RowObservations {
  colIds: ArrayLike<Id>;
  values: ArrayLike<number>;
}

/** Factors and biases are standardised; what is computed from larger ones might not be finite. */
const largestPlace = 1e100;

/** Factors and bias of a new row; see `MatrixCompletion.foldIn`. */
export function placeRow(
  state: ModelState,
  colIndex: ReadonlyMap<string, number>,
  observations: RowObservations,
) {
  const { colIndices, values, ignored, duplicates } = rowEntries(state, colIndex, observations);
  const n = colIndices.length;
  const { rank } = state.settings;
  const width = state.factorized ? rank : 0;
  const factors = implicitPart(state, colIndices);
  if (n === 0) return { factors, bias: 0, colIndices, ignored, duplicates };
  // What the biases and the implicit part leave of each value, for the row's own factors and bias.
  const features = new Float64Array(n * (width + 1));
  const targets = new Float64Array(n);
  for (let p = 0; p < n; p++) {
    const col = colIndices[p];
    let target = (values[p] - state.mean) / state.scale - state.colBias[col];
    for (let c = 0; c < width; c++) {
      const h = state.H[col * width + c];
      features[p * (width + 1) + c] = h;
      target -= factors[c] * h;
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
  return { factors, bias: solution[width], colIndices, ignored, duplicates };
}

/** |N|^-1/2 sum of Y_i over the row's columns; zeros without implicit terms. */
function implicitPart({ factorized, implicit, settings, Y }: ModelState, colIndices: Int32Array) {
  const width = factorized ? settings.rank : 0;
  const factors = new Float64Array(width);
  if (!implicit || colIndices.length === 0) return factors;
  for (const col of colIndices) {
    for (let c = 0; c < width; c++) factors[c] += Y[col * width + c];
  }
  const root = Math.sqrt(colIndices.length);
  for (let c = 0; c < width; c++) factors[c] /= root;
  return factors;
}

/** Known columns, increasing, each once. */
function rowEntries(
  { settings }: ModelState,
  colIndex: ReadonlyMap<string, number>,
  observations: RowObservations,
) {
  checkObject("foldIn", "observations", observations, "an object with colIds and values");
  const { colIds, values } = observations;
  checkList("foldIn", "colIds", colIds);
  checkList("foldIn", "values", values);
  if (colIds.length !== values.length) {
    throw new RangeError(
      `foldIn: colIds has ${colIds.length} entries and values ${values.length}: ` +
        "the lengths must be equal",
    );
  }
  checkValues("foldIn", values);
  const byCol = new Map<number, number[]>();
  let ignored = 0;
  for (let p = 0; p < values.length; p++) {
    const id = textAt("foldIn", "colIds", colIds, p);
    const col = colIndex.get(id);
    if (col === undefined) {
      ignored += 1;
      continue;
    }
    const group = byCol.get(col);
    if (!group) byCol.set(col, [values[p]]);
    else if (settings.duplicates !== "error") group.push(values[p]);
    else {
      throw new RangeError(
        `foldIn: column ${JSON.stringify(id)} has several values: duplicates is "error"`,
      );
    }
  }
  const colIndices = Int32Array.from(byCol.keys()).sort();
  const settled = Float64Array.from(colIndices, (col) => {
    const group = byCol.get(col) as number[];
    if (settings.duplicates !== "mean") return group[group.length - 1];
    return group.sort((a, b) => a - b).reduce((sum, value) => sum + value, 0) / group.length;
  });
  return {
    colIndices,
    values: settled,
    ignored,
    duplicates: values.length - ignored - colIndices.length,
  };
}
