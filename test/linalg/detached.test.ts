// Arrays whose memory goes away: transferred to another thread, or a buffer that shrank.
import { expect, test } from "vitest";
import * as core from "../../src/index.js";

const { Matrix, SparseMatrix } = core;

/** Moves the memory away, as postMessage with a list of transfers does. */
function transfer(...arrays: ArrayLike<unknown>[]): void {
  for (const array of arrays) {
    const { buffer } = array as unknown as { buffer: ArrayBuffer };
    structuredClone(buffer, { transfer: [buffer] });
  }
}

const rows = [
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 2],
];
const present = Matrix.from(rows);

function detached(): core.Matrix {
  const A = Matrix.from(rows);
  transfer(A.data);
  return A;
}

/** The library of the language version that is compiled for does not know it yet. */
const Resizable = ArrayBuffer as unknown as new (
  bytes: number,
  options: { maxByteLength: number },
) => ArrayBuffer & { resize(bytes: number): void };

/** Three rows of memory that has shrunk to one. */
function shrunk(): core.Matrix {
  const buffer = new Resizable(72, { maxByteLength: 72 });
  const A = new Matrix(3, 3, new Float64Array(buffer));
  A.data.set(present.data);
  buffer.resize(24);
  return A;
}

type Use = [string, (A: core.Matrix) => unknown];
const uses: Use[] = [
  ["copy", (A) => A.copy()],
  ["transpose", (A) => A.transpose()],
  ["astype", (A) => A.astype("f32")],
  ["row", (A) => A.row(0)],
  ["get", (A) => A.get(2, 2)],
  ["set", (A) => A.set(2, 2, 1)],
  ["toArray", (A) => A.toArray()],
  ["equals", (A) => A.equals(present)],
  ["equals another", (A) => present.equals(A)],
  ["matmul", (A) => core.matmul(A, present)],
  ["matmul by it", (A) => core.matmul(present, A)],
  ["matmul into it", (A) => core.matmul(present, present, { out: A })],
  ["packMatrix", (A) => core.packMatrix(A)],
  ["matmul by packed", (A) => core.matmul(A, core.packMatrix(present))],
  ["det", (A) => core.det(A)],
  ["logDet", (A) => core.logDet(A)],
  ["solve", (A) => core.solve(A, present)],
  ["solve for it", (A) => core.solve(present, A)],
  ["lstsq", (A) => core.lstsq(A, present)],
  ["pinv", (A) => core.pinv(A)],
  ["rank", (A) => core.rank(A)],
  ["cond", (A) => core.cond(A)],
  ["norm", (A) => core.norm(A)],
  ["svd", (A) => core.svd(A)],
  ["eigh", (A) => core.eigh(A)],
  ["qr", (A) => core.qr(A)],
  ["householderQr", (A) => core.householderQr(A)],
  ["cholesky", (A) => core.cholesky(A)],
  ["randomizedSvd", (A) => core.randomizedSvd(A, { rank: 1, seed: 0 })],
  ["append", (A) => new core.StreamingSvd({ cols: 3, rank: 1, seed: 0 }).append(A)],
  ["factorization", (A) => core.factorization(A)],
  ["sensing", (A) => core.sensing({ operators: [A], measurements: [1] })],
  ["multiply", (A) => core.householderQr(present).Q.multiply(A)],
  ["sparse multiply", (A) => SparseMatrix.fromTriplets(triplets()).multiply(A)],
];

test.each(uses)("%s names a matrix whose memory is gone", (_, use) => {
  for (const A of [detached(), shrunk()]) {
    expect(() => use(A)).toThrow(
      /^[\w.]+: ([\w[\]]+\.)?data has [03] entries and the shape is 3 x 3: it must have 9 \(a buffer/,
    );
  }
});

function triplets() {
  return {
    ...{ rows: 3, cols: 3, rowIndices: Int32Array.of(0, 1, 2), colIndices: Int32Array.of(0, 1, 2) },
    values: Float64Array.of(1, 2, 3),
  };
}

test("a product tells of every array of its sparse matrix that is gone", () => {
  for (const array of ["rowStart", "colIndices", "values"] as const) {
    const A = SparseMatrix.fromTriplets(triplets());
    transfer(A[array]);
    for (const use of [
      () => A.multiply(present),
      () => A.multiplyTransposed(present),
      () => A.toDense(),
      () => A.transpose(),
      () => core.randomizedSvd(A, { rank: 1, seed: 0 }),
    ]) {
      expect(use).toThrow(/row starts, column indices and values \(a buffer that is transferred/);
    }
  }
});

test("a transposed matrix is a copy: its arrays may go", () => {
  const A = SparseMatrix.fromTriplets(triplets());
  const right = A.multiplyTransposed(present);
  const { rowStart, colIndices, values } = A.transpose();
  transfer(rowStart, colIndices, values);
  expect(A.multiplyTransposed(present).equals(right)).toBe(true);
});

test("arrays that are gone do not pass for empty ones", () => {
  const data = triplets();
  transfer(data.rowIndices, data.colIndices, data.values);
  const gone =
    /is (Int32|Float64)Array whose buffer was transferred or shrunk: its entries are gone$/;
  expect(() => SparseMatrix.fromTriplets(data)).toThrow(gone);
  expect(() => core.completion(data)).toThrow(gone);
  const { rowIndices, colIndices, values } = data;
  const online = new core.OnlineCompletion({ rank: 1 });
  expect(() => online.update({ rowIndices, colIndices, values })).toThrow(gone);
  expect(() => core.completeMatrix({ rowIds: rowIndices, colIds: colIndices, values })).toThrow(
    gone,
  );
  const empty = { ...triplets(), rowIndices: [], colIndices: [], values: new Float64Array(0) };
  expect(SparseMatrix.fromTriplets(empty).nonzeros).toBe(0);
});

test("a problem that is trained after its data have gone says so", () => {
  const A = Matrix.from(rows);
  const problem = core.factorization(A);
  const B = Matrix.from(rows);
  const sensing = core.sensing({ operators: [B], measurements: [1] });
  transfer(A.data, B.data);
  const start = () => core.deepFactorization({ shape: present });
  expect(() => core.train(start(), problem, { steps: 1 })).toThrow(
    "factorization: target.data has 0 entries",
  );
  expect(() => core.train(start(), sensing, { steps: 1 })).toThrow(
    "sensing: operators[0].data has 0 entries",
  );
});

test("optimised code sees that an array has gone, in engines that tell its old length too", () => {
  // V8 in Node 20 and 22 does so once the code has met shared and resizable buffers.
  for (let i = 0; i < 30_000; i++) {
    const Kind = i % 2 ? Float32Array : Float64Array;
    const n = 1 + (i % 17);
    const bytes = n * n * Kind.BYTES_PER_ELEMENT;
    const buffers = [
      () => new ArrayBuffer(bytes),
      () => new SharedArrayBuffer(bytes),
      () => new Resizable(bytes, { maxByteLength: bytes + 64 }),
    ];
    const data = new Kind(buffers[i % 3]() as ArrayBuffer).fill(1);
    const A = new Matrix(n, n, data);
    core.norm(A, "max");
    if (i % 100 !== 7 || i % 3 === 1) continue;
    transfer(data);
    expect(() => core.norm(A, "max")).toThrow("A.data has 0 entries");
  }
});

test("lengths that no array has are refused by name", () => {
  for (const length of [-1, 0.5, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
    expect(() => Matrix.from({ length } as never)).toThrow(
      `Matrix.from: the number of rows is ${length}: it must be an integer in 0 .. ${2 ** 30}`,
    );
    expect(() => Matrix.fromColumns([{ length }] as never)).toThrow(
      `Matrix.fromColumns: the length of column 0 is ${length}: it must be an integer`,
    );
  }
});
