import type { FloatArray } from "../wasm/index.js";

/** The observed cells of one row. */
export interface History {
  /** Increasing. */
  readonly colIndices: Int32Array;
  /** A number per cell; undefined where all are 1. */
  readonly weights: Float32Array | undefined;
  /** What the row's factors are where no cell says it: of a row that is known by its features. */
  readonly rowFactors?: Float64Array;
}

/** The observed cells of all rows: row u has the cells rowStart[u] .. rowStart[u + 1]. */
export interface Histories extends History {
  readonly rowStart: Int32Array;
}

/** The cells of one row. */
export function historyOf({ rowStart, colIndices, weights }: Histories, row: number): History {
  const [first, last] = [rowStart[row], rowStart[row + 1]];
  return {
    colIndices: colIndices.subarray(first, last),
    weights: weights?.subarray(first, last),
  };
}

/** Rows that are one after another in memory; all of them have weights, or none. */
export function joinHistories(histories: readonly History[]): Histories {
  const rowStart = new Int32Array(histories.length + 1);
  histories.forEach(({ colIndices }, row) => {
    rowStart[row + 1] = rowStart[row] + colIndices.length;
  });
  const cells = rowStart[histories.length];
  const colIndices = new Int32Array(cells);
  const weights = histories[0]?.weights && new Float32Array(cells);
  histories.forEach((history, row) => {
    colIndices.set(history.colIndices, rowStart[row]);
    if (history.weights) weights?.set(history.weights, rowStart[row]);
  });
  return { rowStart, colIndices, weights };
}

/** Weights in f32, which are not kept where all of them are 1. */
export function unlessOnes(weights: FloatArray): Float32Array | undefined {
  for (let p = 0; p < weights.length; p++) if (weights[p] !== 1) return Float32Array.from(weights);
  return undefined;
}
