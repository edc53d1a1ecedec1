// The spectral start of a ranking: leading singular triplets, by shards.
import { expect, test } from "vitest";
import { leadingTriplets } from "../../src/als/leading-triplets.js";
import { ownLines } from "../../src/als/side.js";
import { Matrix, mapEntries, matmul, type SparseMatrix, svd } from "../../src/index.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { Block, Job } from "../../src/wasm/index.js";
import { sparseOf } from "../helpers/matrices.js";
import { eps } from "../helpers/ratios.js";
import { together } from "../helpers/shards.js";

const [rows, cols, rank] = [60, 40, 5];

/** Low rank and noise, a third of the entries, all of one size: `scale`. */
function sample(scale: number): SparseMatrix {
  const left = Matrix.randomNormal(rows, 3, { seed: 1 });
  const right = Matrix.randomNormal(cols, 3, { seed: 2 });
  const noise = Matrix.randomNormal(rows, cols, { seed: 3 });
  const product = matmul(left, right, { transposeB: true });
  const dense = mapEntries(product, (x, i, j) =>
    (7 * i + 3 * j) % 5 < 3 ? scale * (x + 0.1 * noise.get(i, j)) : 0,
  );
  return sparseOf(dense.astype("f32"));
}

/** What each of so many shards finds: the singular values, its rows of X, and Y. */
function found(A: SparseMatrix, shards: number) {
  const edges = {
    rows: Int32Array.of(0, 9, 33, 50, rows),
    cols: Int32Array.of(0, 15, 15, 31, cols),
  };
  const shares = new RowBlocks(Int32Array.from({ length: 5 }, (_, b) => b)).shares(
    shards,
    (b) => b,
  );
  const columns = A.byColumns();
  const runs = shares.map((share) => {
    const job = new Job();
    const X = Block.allocate(job, "f32", rows, rank);
    const Y = Block.allocate(job, "f32", cols, rank);
    const matrix = {
      ...{ rows, cols, values: Block.put(job, new Matrix(1, A.nonzeros, A.values)) },
      ...{ rowStart: job.put(A.rowStart), colIndices: job.put(A.colIndices) },
      ...{ start: job.put(columns.start), rowIndices: job.put(columns.rowIndices) },
      position: job.put(columns.position),
    };
    return {
      X,
      Y,
      own: ownLines(edges.rows, share),
      steps: leadingTriplets(job, matrix, 7, X, Y, edges, share),
    };
  });
  const sizes = together(runs.map(({ steps }) => steps));
  return {
    sizes: sizes[0],
    X: runs.flatMap(({ X, own }) => [...X.lines(own.first, own.count).read()]),
    Y: [...runs[0].Y.read()],
  };
}

test.each([1, 1e-30, 1e30])("are those of svd, for entries of size %s", (scale) => {
  const A = sample(scale);
  const { sizes, X, Y } = found(A, 1);
  const exact = svd(sparseDense(A)).S;
  // The third one stands clear of the noise; of what is below it power iterations tell less.
  for (let c = 0; c < 3; c++) expect(Math.abs(sizes[c] / exact[c] - 1)).toBeLessThan(100 * eps.f32);
  for (let c = 3; c < rank; c++) {
    expect(sizes[c]).toBeLessThan(exact[c] * 1.0001);
    expect(sizes[c]).toBeGreaterThan(exact[c] * 0.9);
  }
  const right = new Matrix(cols, rank, Float64Array.from(Y));
  const left = new Matrix(rows, rank, Float64Array.from(X));
  for (const Q of [left, right]) {
    const gram = matmul(Q, Q, { transposeA: true });
    for (let i = 0; i < rank; i++) {
      for (let j = 0; j < rank; j++) {
        expect(Math.abs(gram.get(i, j) - Number(i === j))).toBeLessThan(1000 * eps.f32);
      }
    }
  }
  const image = matmul(sparseDense(A), right);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < 3; c++) {
      const error = Math.abs(image.get(i, c) - sizes[c] * left.get(i, c));
      expect(error).toBeLessThan(1000 * eps.f32 * sizes[0]);
    }
  }
});

test("any number of shards finds the same bits", () => {
  const A = sample(1);
  const alone = found(A, 1);
  for (const shards of [2, 3, 4]) expect(found(A, shards)).toEqual(alone);
});

function sparseDense(A: SparseMatrix): Matrix {
  const dense = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let p = A.rowStart[i]; p < A.rowStart[i + 1]; p++) {
      dense.set(i, A.colIndices[p], A.values[p]);
    }
  }
  return dense;
}
