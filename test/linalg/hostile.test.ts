// Hostile input for every public function of src/linalg. One row a function; the tests below run
// every row, and a function without a row fails.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import * as lowrank from "../../src/index.js";
import { type DType, Matrix, OutOfMemoryError } from "../../src/index.js";
import { withSharedJob } from "../../src/wasm/index.js";

const {
  cholesky,
  cond,
  det,
  eigh,
  householderQr,
  logDet,
  lstsq,
  matmul,
  norm,
  packMatrix,
  pinv,
  qr,
  randomizedSvd,
  rank,
  SparseMatrix,
  solve,
  svd,
} = lowrank;

/** What is neither converted nor printed whole: it throws, or a message would have no end. */
const unprintable = [
  Symbol("one"),
  Object.create(null),
  10n ** 999n,
  "x".repeat(9999),
  new Array(9999).fill("one"),
  ["one"],
];

/** Values that an option must refuse, by what it must be. */
const refused = {
  /** An integer >= 0 no larger than a matrix is. */
  size: [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null, ...unprintable],
  count: [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null, ...unprintable],
  tolerance: [-1, Number.NaN, Number.POSITIVE_INFINITY, "1", ...unprintable],
  name: ["", "toString", "__proto__", 1, ...unprintable],
};

interface Row {
  /** Operands that are accepted, in the order of the call. */
  operands(dtype: DType): Matrix[];
  call(...operands: Matrix[]): unknown;
  /** True where NaN and infinity pass through as IEEE arithmetic has it. */
  lets?: boolean;
  /** What each option is, and the call with one. */
  options?: Record<string, keyof typeof refused>;
  withOptions?(options: never, ...operands: Matrix[]): unknown;
}

const any = (dtype: DType) => [Matrix.randomNormal(6, 4, { seed: 1, dtype })];
const square = (dtype: DType) => [Matrix.randomNormal(5, 5, { seed: 2, dtype })];
const definite = (dtype: DType) => {
  const [A] = square(dtype);
  const G = matmul(A, A, { transposeA: true });
  for (let i = 0; i < 5; i++) G.set(i, i, G.get(i, i) + 1);
  return [G];
};
const withSides = (dtype: DType) => [
  ...square(dtype),
  Matrix.randomNormal(5, 2, { seed: 3, dtype }),
];

const alike = (dtype: DType) => [...any(dtype), Matrix.randomNormal(6, 4, { seed: 3, dtype })];

const rows: Record<string, Row> = {
  add: { operands: alike, call: (A, B) => lowrank.add(A, B), lets: true },
  subtract: { operands: alike, call: (A, B) => lowrank.subtract(A, B), lets: true },
  hadamard: { operands: alike, call: (A, B) => lowrank.hadamard(A, B), lets: true },
  scale: { operands: any, call: (A) => lowrank.scale(A, 2), lets: true },
  scaleRows: { operands: any, call: (A) => lowrank.scaleRows(A, [1, 2, 3, 4, 5, 6]), lets: true },
  scaleColumns: { operands: any, call: (A) => lowrank.scaleColumns(A, [1, 2, 3, 4]), lets: true },
  mapEntries: { operands: any, call: (A) => lowrank.mapEntries(A, (x) => x), lets: true },
  slice: { operands: any, call: (A) => lowrank.slice(A, {}), lets: true },
  viewRows: { operands: any, call: (A) => lowrank.viewRows(A, 0), lets: true },
  hstack: { operands: any, call: (A) => lowrank.hstack([A]), lets: true },
  vstack: { operands: any, call: (A) => lowrank.vstack([A]), lets: true },
  sums: { operands: any, call: (A) => lowrank.sums(A) },
  means: { operands: any, call: (A) => lowrank.means(A) },
  variances: {
    operands: any,
    call: (A) => lowrank.variances(A),
    options: { ddof: "count" },
    withOptions: (options: object, A) => lowrank.variances(A, "columns", options),
  },
  center: { operands: any, call: (A) => lowrank.center(A) },
  standardize: { operands: any, call: (A) => lowrank.standardize(A) },
  diagonal: { operands: any, call: (A) => lowrank.diagonal(A), lets: true },
  trace: { operands: square, call: (A) => lowrank.trace(A), lets: true },
  innerProduct: { operands: alike, call: (A, B) => lowrank.innerProduct(A, B), lets: true },
  inverse: { operands: square, call: (A) => lowrank.inverse(A) },
  nullSpace: {
    operands: (dtype) => [Matrix.randomNormal(4, 6, { seed: 1, dtype })],
    call: (A) => lowrank.nullSpace(A),
    options: { tolerance: "tolerance" },
    withOptions: (options, A) => lowrank.nullSpace(A, options),
  },
  cholesky: { operands: definite, call: (A) => cholesky(A) },
  cond: {
    operands: square,
    call: (A) => [cond(A), cond(A, "one"), cond(A, "infinity")],
    options: { kind: "name" },
    withOptions: ({ kind }: { kind: never }, A) => cond(A, kind),
  },
  det: { operands: square, call: (A) => det(A) },
  eigh: { operands: definite, call: (A) => eigh(A) },
  householderQr: {
    operands: any,
    call: (A) => {
      const { Q, R, permutation, rank } = householderQr(A, { pivoting: true });
      return [Q.toDense(), R, permutation, rank, householderQr(A).R];
    },
    options: { tolerance: "tolerance" },
    withOptions: (options: object, A) => householderQr(A, { pivoting: true, ...options }),
  },
  logDet: { operands: square, call: (A) => logDet(A) },
  lstsq: {
    operands: (dtype) => [...any(dtype), Matrix.randomNormal(6, 2, { seed: 3, dtype })],
    call: (A, B) => lstsq(A, B),
    options: { tolerance: "tolerance" },
    withOptions: (options, A, B) => lstsq(A, B, options),
  },
  matmul: { operands: withSides, call: (A, B) => matmul(A, B), lets: true },
  norm: {
    operands: any,
    call: (A) => [norm(A), norm(A, "one"), norm(A, "spectral")],
    options: { kind: "name" },
    withOptions: ({ kind }: { kind: never }, A) => norm(A, kind),
  },
  packMatrix: {
    operands: any,
    call: (A) => {
      const packed = packMatrix(A);
      return matmul(Matrix.identity(2, packed.rows, { dtype: packed.dtype }), packed);
    },
    lets: true,
  },
  pinv: {
    operands: any,
    call: (A) => pinv(A),
    options: { tolerance: "tolerance" },
    withOptions: (options, A) => pinv(A, options),
  },
  qr: {
    operands: any,
    call: (A) => [qr(A), qr(A, { pivoting: true })],
    options: { tolerance: "tolerance" },
    withOptions: (options: object, A) => qr(A, { pivoting: true, ...options }),
  },
  randomizedSvd: {
    operands: any,
    call: (A) => randomizedSvd(A, { rank: 2, seed: 0 }),
    options: { rank: "size", oversampling: "count", powerIterations: "count", seed: "count" },
    withOptions: (options: object, A) => randomizedSvd(A, { rank: 2, seed: 0, ...options }),
  },
  rank: {
    operands: any,
    call: (A) => rank(A),
    options: { tolerance: "tolerance" },
    withOptions: (options, A) => rank(A, options),
  },
  solve: { operands: withSides, call: (A, B) => solve(A, B) },
  svd: {
    operands: any,
    call: (A) => [svd(A), svd(A, { method: "jacobi" }), svd(A, { vectors: false })],
    options: { method: "name" },
    withOptions: (options, A) => svd(A, options),
  },
};

/** What src/index.ts exports from src/linalg by these names, functions by lower case. */
const exported = [
  ...readFileSync(new URL("../../src/index.ts", import.meta.url), "utf8").matchAll(
    /^export \{([^}]*)\} from "\.\/linalg\//gms,
  ),
]
  .flatMap(([, names]) => names.split(","))
  .map((name) => name.trim())
  .filter((name) => /^[a-z]\w*$/.test(name));

test("every public function of linalg has a row here", () => {
  expect(exported.length).toBeGreaterThan(10);
  expect(exported.filter((name) => !(name in rows))).toEqual([]);
});

/** The numbers of a result, in order. */
function numbers(result: unknown): number[] {
  if (typeof result === "number") return [result];
  if (ArrayBuffer.isView(result)) return [...(result as Float64Array)];
  return Object.values(result as object).flatMap(numbers);
}

/** Level of the shared job's memory. */
const level = () => withSharedJob((job) => job.mark());

/**
 * Fails unless the call throws an error of one of the kinds that says who refuses what, and leaves
 * the shared job as it was.
 */
function expectRefusal(
  name: string,
  kinds: (new (...args: never[]) => Error)[],
  call: () => unknown,
) {
  const before = level();
  let error: unknown;
  try {
    call();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(Error);
  expect([...kinds.map((kind) => kind.name)]).toContain((error as Error).name);
  // On one line, and no longer than one reads.
  expect((error as Error).message).toMatch(new RegExp(`^${name}: .{1,200}$`));
  expect(level()).toBe(before);
}

/** The operands, one of them replaced. */
const replaced = (operands: Matrix[], place: number, by: unknown) =>
  operands.map((A, i) => (i === place ? (by as Matrix) : A));

/** A matrix whose data lie in a buffer of the caller's making. */
function inBuffer(A: Matrix, make: (bytes: number) => unknown, offset = 0): Matrix {
  const Kind = A.dtype === "f32" ? Float32Array : Float64Array;
  const data = new Kind(make(offset + A.data.byteLength) as ArrayBuffer, offset, A.data.length);
  data.set(A.data);
  return new Matrix(A.rows, A.cols, data as Float64Array);
}

const places = Object.entries(rows).flatMap(([name, row]) =>
  row.operands("f64").map((_, place) => ({ name, row, place, operand: "AB"[place] })),
);

describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  test.each(places)("$name refuses an $operand that is no Matrix", ({ name, row, place }) => {
    const operands = row.operands(dtype);
    const { rows: m, cols: n, data } = operands[place];
    const like = { rows: m, cols: n, data, dtype };
    const impostors = [null, undefined, 5, "A", [[1]], data, like, ...unprintable];
    for (const impostor of impostors) {
      expectRefusal(name, [TypeError], () => row.call(...replaced(operands, place, impostor)));
    }
  });

  test.each(places)(
    "$name names the entry of $operand that is not finite, or lets it through",
    ({ name, row, place }) => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const operands = row.operands(dtype);
        // The whole matrix: a symmetric one stays so.
        operands[place].data.fill(bad);
        const passes = (x: number) => !Number.isFinite(x);
        if (row.lets) expect(numbers(row.call(...operands)).some(passes)).toBe(true);
        else expectRefusal(name, [RangeError], () => row.call(...operands));
      }
    },
  );

  test.each(places)("$name refuses an $operand whose data went away", ({ name, row, place }) => {
    const detached = row.operands(dtype);
    structuredClone(detached[place].data, { transfer: [detached[place].data.buffer] } as never);
    expectRefusal(name, [RangeError], () => row.call(...detached));

    const operands = row.operands(dtype);
    for (const change of [-8, 8]) {
      const resizable = inBuffer(operands[place], (bytes) =>
        Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: bytes + 8 }]),
      );
      // Tracks the length of its buffer.
      const Kind = dtype === "f32" ? Float32Array : Float64Array;
      const data = new Kind(resizable.data.buffer as ArrayBuffer) as Float64Array;
      const A = new Matrix(resizable.rows, resizable.cols, data);
      const buffer = data.buffer as ArrayBuffer & { resize(bytes: number): void };
      buffer.resize(buffer.byteLength + change);
      expectRefusal(name, [RangeError], () => row.call(...replaced(operands, place, A)));
    }
  });

  test.each(places)(
    "$name refuses an $operand whose fields were overwritten",
    ({ name, row, place }) => {
      for (const [field, value] of [
        ["rows", -1],
        ["rows", 2.5],
        ["cols", 1e9],
        ["data", new Int32Array(4)],
        ["data", null],
      ] as const) {
        const operands = row.operands(dtype);
        (operands[place] as unknown as Record<string, unknown>)[field] = value;
        expectRefusal(name, [RangeError, TypeError], () => row.call(...operands));
      }
    },
  );

  test.each(places)(
    "$name gives the same bits wherever the data of $operand lie",
    ({ row, place }) => {
      const operands = row.operands(dtype);
      const expected = numbers(row.call(...operands));
      const A = operands[place];
      const size = dtype === "f32" ? 4 : 8;
      const elsewhere = [
        // At an odd multiple of the element size, which is no multiple of a vector.
        inBuffer(A, (bytes) => new ArrayBuffer(bytes + 24), 3 * size),
        inBuffer(A, (bytes) => new SharedArrayBuffer(bytes)),
        inBuffer(A, (bytes) => runInNewContext(`new ArrayBuffer(${bytes})`)),
        new Matrix(A.rows, A.cols, ofOtherRealm(A)),
        // As frameworks wrap objects that they watch.
        new Proxy(A, {}),
      ];
      for (const same of elsewhere) {
        expect(numbers(row.call(...replaced(operands, place, same)))).toEqual(expected);
      }
    },
  );

  test.each(Object.entries(rows))(
    "%s leaves its operands unchanged and repeats its bits",
    (_, row) => {
      const operands = row.operands(dtype);
      const kept = operands.map((A) => A.copy());
      const expected = numbers(row.call(...operands));
      expect(numbers(row.call(...operands))).toEqual(expected);
      operands.forEach((A, i) => {
        expect(A.data).toEqual(kept[i].data);
      });
    },
  );
});

function ofOtherRealm(A: Matrix): Float64Array {
  const Kind = A.dtype === "f32" ? "Float32Array" : "Float64Array";
  return runInNewContext(`${Kind}.from(values)`, { values: [...A.data] });
}

const pairs = Object.entries(rows).filter(([, row]) => row.operands("f64").length === 2);

test.each(pairs)("%s refuses operands of different types or sizes", (name, row) => {
  const [A, B] = row.operands("f64");
  expectRefusal(name, [TypeError], () => row.call(A, B.astype("f32")));
  expectRefusal(name, [TypeError], () => row.call(A.astype("f32"), B));
  expectRefusal(name, [RangeError], () => row.call(A, Matrix.zeros(B.rows + 1, B.cols)));
  expectRefusal(name, [RangeError], () => row.call(A, Matrix.zeros(0, B.cols)));
});

test.each(pairs)("%s takes operands that share or overlap their memory", (_, row) => {
  const [A, B] = row.operands("f64");
  const buffer = new Float64Array(A.data.length + B.data.length);
  buffer.set(A.data);
  const overlapping = [
    new Matrix(A.rows, A.cols, buffer.subarray(0, A.data.length)),
    new Matrix(B.rows, B.cols, buffer.subarray(3, 3 + B.data.length)),
  ];
  const apart = overlapping.map((M) => M.copy());
  expect(numbers(row.call(...overlapping))).toEqual(numbers(row.call(...apart)));
});

const squareOnly = ["cholesky", "det", "eigh", "inverse", "logDet", "solve", "trace"];

test.each(squareOnly)("%s refuses a matrix that is not square", (name) => {
  const { operands, call } = rows[name];
  const [, ...others] = operands("f64");
  for (const [m, n] of [
    [5, 4],
    [4, 5],
    [0, 5],
  ]) {
    expectRefusal(name, [RangeError], () => call(Matrix.zeros(m, n), ...others));
  }
});

const noEntries: [number, number][] = [
  [0, 0],
  [0, 3],
  [3, 0],
  [0, 2 ** 30],
  [2 ** 30, 0],
];
/** Take numbers for each row or column, or a rank, that these matrices do not have. */
const needLines = ["cond", "randomizedSvd", "scaleRows", "scaleColumns"];
const needRows = ["means", "variances", "center", "standardize"];
/** Refuse a matrix without entries or that is not square, by name. */
const refusesEmpty = (name: string, m: number, n: number) =>
  needLines.includes(name) ||
  (squareOnly.includes(name) && m !== n) ||
  (needRows.includes(name) && m === 0);

describe.each(noEntries)("%d x %d", (m, n) => {
  test.each(Object.keys(rows))("%s takes it or refuses it by name", (name) => {
    const row = rows[name];
    const A = Matrix.zeros(m, n);
    const sides = Matrix.zeros(name === "matmul" ? n : m, m + n < 1000 ? 1 : 0);
    const B = row.operands === alike ? A : sides;
    const call = () => row.call(...[A, B].slice(0, row.operands("f64").length));
    if (refusesEmpty(name, m, n)) expectRefusal(name, [RangeError], call);
    else if (m + n < 1000) expect(numbers(call()).some(Number.isNaN)).toBe(false);
    // The result itself, such as m zeros, may be more than there is room for.
    else expectResultOr(OutOfMemoryError, call);
  });
});

function expectResultOr(kind: new (...args: never[]) => Error, call: () => unknown) {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
  }
}

const withOptions = Object.entries(rows).flatMap(([name, row]) =>
  Object.entries(row.options ?? {}).map(([option, kind]) => ({ name, row, option, kind })),
);

test.each(withOptions)("$name refuses bad values of $option", ({ name, row, option, kind }) => {
  const operands = row.operands("f64");
  for (const value of refused[kind]) {
    expectRefusal(name, [RangeError, TypeError], () =>
      row.withOptions?.({ [option]: value } as never, ...operands),
    );
  }
});

// 4 GiB of zeros that nothing touches: they cost address space only.
test.each(Object.keys(rows))("%s names a matrix that no job can hold, and goes on", (name) => {
  const row = rows[name];
  const operands = row.operands("f32");
  const expected = numbers(row.call(...operands));
  const before = level();
  const A = Matrix.zeros(2 ** 15, 2 ** 15, { dtype: "f32" });
  const B = row.operands === alike ? A : Matrix.zeros(2 ** 15, 1, { dtype: "f32" });
  expect(() => row.call(...[A, B].slice(0, operands.length))).toThrow(OutOfMemoryError);
  expect(level()).toBe(before);
  expect(numbers(row.call(...operands))).toEqual(expected);
});

test("sparse products refuse a matrix or an operand whose data went away", () => {
  const triplets = { rows: 2, cols: 2, rowIndices: [0, 1], colIndices: [1, 0], values: [1, 2] };
  for (const field of ["values", "colIndices", "rowStart"] as const) {
    const A = SparseMatrix.fromTriplets(triplets);
    structuredClone(A[field], { transfer: [A[field].buffer] } as never);
    const X = Matrix.identity(2);
    expectRefusal("SparseMatrix.multiply", [RangeError], () => A.multiply(X));
    expectRefusal("SparseMatrix.multiplyTransposed", [RangeError], () => A.multiplyTransposed(X));
    expectRefusal("randomizedSvd", [RangeError], () => randomizedSvd(A, { rank: 1, seed: 0 }));
  }
  const A = SparseMatrix.fromTriplets(triplets);
  const X = Matrix.identity(2);
  structuredClone(X.data, { transfer: [X.data.buffer] } as never);
  expectRefusal("SparseMatrix.multiply", [RangeError], () => A.multiply(X));
  expectRefusal("SparseMatrix.multiply", [TypeError], () => A.multiply([[1]] as never));
});

test("an output that shares memory with an operand holds the product of what was there", () => {
  const buffer = new Float64Array(8);
  const A = new Matrix(2, 2, buffer.subarray(0, 4));
  for (const at of [0, 1, 3, 4]) {
    buffer.set([1, 2, 3, 4, 5, 6, 7, 8]);
    const expected = matmul(A.copy(), A.copy());
    const out = new Matrix(2, 2, buffer.subarray(at, at + 4));
    expect(matmul(A, A, { out }).data).toEqual(expected.data);
  }
});

test("matmul refuses an output that is no matrix, does not fit or went away", () => {
  const A = Matrix.identity(2);
  const gone = Matrix.identity(2);
  structuredClone(gone.data, { transfer: [gone.data.buffer] } as never);
  const { data } = Matrix.identity(2);
  const outs = [gone, Matrix.zeros(2, 3), Matrix.zeros(2, 2, { dtype: "f32" }), data, 5, "out"];
  for (const out of [...outs, { rows: 2, cols: 2, data, dtype: "f64" }]) {
    expectRefusal("matmul", [RangeError, TypeError], () => matmul(A, A, { out: out as never }));
  }
});

test("matrices are made of numbers and of sizes that there can be, or not at all", () => {
  const wrong = (value: unknown) => value as never;
  for (const size of [-1, 0.5, Number.NaN, 2 ** 30 + 1, 2 ** 32, "2", null, undefined]) {
    for (const [name, make] of Object.entries({
      "Matrix.zeros": () => Matrix.zeros(2, wrong(size)),
      "Matrix.identity|Matrix.zeros": () => Matrix.identity(wrong(size)),
      "Matrix.randomNormal": () => Matrix.randomNormal(wrong(size), 2, { seed: 0 }),
      Matrix: () => new Matrix(wrong(size), 0, new Float64Array(0)),
    })) {
      // identity(2, undefined) is square.
      expectRefusal(`(${name})`, [RangeError, TypeError], make);
    }
  }
  const large = 2 ** 30;
  expect(() => Matrix.zeros(large, large)).toThrow(OutOfMemoryError);
  expect(() => Matrix.randomNormal(large, large, { seed: 0 })).toThrow(OutOfMemoryError);
  expect(() => new Matrix(1, 4, wrong(new Uint8Array(4)))).toThrow("Matrix: data is Uint8Array");
  expect(() => new Matrix(1, 4, wrong(new Proxy(new Float64Array(4), {})))).toThrow("Matrix: data");
  for (const from of [5, null, [1, 2], [[1], null], [["1"]], [[undefined]], [[1n]]]) {
    expectRefusal("Matrix.from", [TypeError], () => Matrix.from(wrong(from)));
  }
  for (const value of ["1", null, undefined, 1n, [1]]) {
    expectRefusal("Matrix.set", [TypeError], () => Matrix.identity(1).set(0, 0, wrong(value)));
  }
  for (const other of [null, [[1]], { rows: 1, cols: 1, data: [1] }]) {
    expectRefusal("Matrix.equals", [TypeError], () => Matrix.identity(1).equals(wrong(other)));
  }
});

test("a watched matrix has the methods of a matrix", () => {
  const A = new Proxy(Matrix.from([[1, 2]]), {});
  A.set(0, 1, 3);
  expect([A.get(0, 1), ...A.row(0), A.dtype, A.transpose().rows]).toEqual([3, 1, 3, "f64", 2]);
});
