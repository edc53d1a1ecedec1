// The values of many rows in all columns, by products, which take a tenth of the time. Factors of up to 384 numbers
// give the bits of `valuesOf`; of more, and where products are fused (lowrank/relaxed), last bits may differ.
import { type Scored, scoredItems } from "../als/scored-items.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { type PackedMatrix, packMatrix } from "../linalg/packed-matrix.js";
import type { Predictor } from "./model-state.js";
import { type RowFactors, valuesOf, widthOf } from "./prediction.js";

/** So few rows are sooner done one by one than the columns' factors are laid out. */
const few = 8;

/** The values of rows before clipping, one row after the other, with what belongs to each. */
export function valuesOfRows<Item>(
  predictor: Predictor,
  items: Iterable<Item>,
  rowOf: (item: Item) => RowFactors,
): Generator<Scored<Item, Float64Array>> {
  const { mean, scale, colBias, colFactors } = predictor;
  const [cols, width] = [colBias.length, widthOf(predictor)];
  let packed: PackedMatrix | undefined;
  return scoredItems(items, cols, (some) => {
    const rows = some.map(rowOf);
    if (rows.length < few) return rows.map((row) => valuesOf(predictor, row));
    packed ??= packMatrix(new Matrix(cols, width, Float64Array.from(colFactors)), {
      transpose: true,
    });
    const X = Matrix.zeros(rows.length, width);
    rows.forEach(({ factors }, i) => {
      X.data.set(factors, i * width);
    });
    const { data } = matmul(X, packed);
    return rows.map(({ bias }, i) => {
      const values = data.subarray(i * cols, (i + 1) * cols) as Float64Array;
      // In the order of `valueAt`.
      for (let col = 0; col < cols; col++) {
        values[col] = mean + scale * (bias + colBias[col] + values[col]);
      }
      return values;
    });
  });
}
