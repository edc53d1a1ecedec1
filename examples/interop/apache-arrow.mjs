// Apache Arrow: vectors of one chunk without nulls are typed arrays, and matrices take those.
import assert from "node:assert/strict";
import * as arrow from "apache-arrow";
import { lstsq, Matrix } from "lowrank";

// A list column of fixed size, such as embeddings: its values are a matrix, row by row. No copy.
const values = Float32Array.of(1, 2, 3, 4, 5, 6);
const item = new arrow.Field("item", new arrow.Float32(), false);
const child = arrow.makeData({ type: item.type, data: values });
const type = new arrow.FixedSizeList(3, item);
const embeddings = arrow.makeVector(arrow.makeData({ type, length: 2, nullCount: 0, child }));
const { listSize } = embeddings.type;
const E = new Matrix(embeddings.length, listSize, embeddings.getChildAt(0).toArray());
assert.equal(E.data.buffer, values.buffer);
assert.equal(E.get(1, 0), 4);

// One column is a matrix of one column, no copy; several lie apart and are copied, once.
const x = Float64Array.of(0, 1, 2);
const table = new arrow.Table({
  one: arrow.makeVector(Float64Array.of(1, 1, 1)),
  x: arrow.makeVector(x),
  y: arrow.makeVector(Float64Array.of(1, 3, 5)),
});
const column = (name) => table.getChild(name).toArray();
const X = new Matrix(table.numRows, 1, column("x"));
assert.equal(X.data.buffer, x.buffer);
const A = Matrix.fromColumns([column("one"), column("x")]);
const fit = lstsq(A, new Matrix(table.numRows, 1, column("y")));
assert.deepEqual(
  [...fit.X.data].map((value) => Math.round(1e9 * value) / 1e9),
  [1, 2],
);

// A vector of a result: no copy.
const vector = arrow.makeVector(fit.X.data);
assert.equal(vector.toArray().buffer, fit.X.data.buffer);
