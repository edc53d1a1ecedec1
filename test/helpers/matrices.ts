// Matrices for tests as recipes (shape, kind, type, seed): a failure prints the recipe, and
// fast-check shrinks it. The kinds are those of LAPACK's test programs.
import fc from "fast-check";
import { type DType, Matrix, SparseMatrix } from "../../src/index.js";
import { uniform } from "./random.js";

type Entry = (i: number, j: number) => number;
interface Range {
  /** Powers of two at which squares over- and underflow, and of the smallest number. */
  huge: number;
  tiny: number;
  denormal: number;
}
const ranges: Record<DType, Range> = {
  f64: { huge: 1010, tiny: -1000, denormal: -1060 },
  f32: { huge: 115, tiny: -115, denormal: -140 },
};

/** x 2^exponent without intermediate overflow or underflow. */
export function timesPowerOfTwo(x: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}

/** Entry functions by kind; `next` gives uniform numbers, row by row. */
const kinds = {
  random: (_recipe, next) => next,
  zero: () => () => 0,
  identity: () => (i, j) => (i === j ? 1 : 0),
  ones: () => () => 1,
  gradedRows: (_recipe, next) => (i) => next() * 10 ** -i,
  gradedCols:
    ({ cols }, next) =>
    (_, j) =>
      next() * 10 ** ((16 * j) / cols - 8),
  rankTwo: ({ rows, cols, seed }) => {
    const [left, right] = [vectors(rows, 2, seed), vectors(cols, 2, seed + 1)];
    return (i, j) => left[i][0] * right[j][0] + left[i][1] * right[j][1];
  },
  tiny:
    ({ dtype }, next) =>
    () =>
      timesPowerOfTwo(next(), ranges[dtype].tiny),
  huge:
    ({ dtype }, next) =>
    () =>
      timesPowerOfTwo(next(), ranges[dtype].huge),
  denormal:
    ({ dtype }, next) =>
    () =>
      timesPowerOfTwo(next(), ranges[dtype].denormal),
  wideRange: ({ dtype }, next) => {
    const { huge, tiny } = ranges[dtype];
    return (i, j) => timesPowerOfTwo(next(), (i + j) % 3 === 0 ? huge : tiny);
  },
  hilbert: () => (i, j) => 1 / (i + j + 1),
  kahan: () => (i, j) => 0.6 ** i * (i === j ? 1 : j > i ? -0.8 : 0),
  // I - 2 w w' has singular values 1; columns scaled to 1, 1, 1, 2, 2, 2, ... repeat them.
  repeated: ({ rows, seed }) => {
    const w = vectors(rows, 1, seed).map(([x]) => x);
    const square = w.reduce((sum, x) => sum + x * x, 0) || 1;
    return (i, j) =>
      ((i === j ? 1 : 0) - (2 * w[i] * (w[j] ?? 0)) / square) * Math.ceil((j + 1) / 3);
  },
  duplicates: ({ rows, cols, seed }) => {
    const columns = vectors(Math.ceil(cols / 2), rows, seed);
    return (i, j) => columns[j >> 1][i];
  },
  diagonal:
    ({ seed }) =>
    (i, j) =>
      i === j ? ((i * 7 + seed) % 5) - 2 : 0,
  bidiagonal: (_recipe, next) => (i, j) => {
    const value = next();
    if (i === j) return i % 4 === 1 ? 0 : value;
    return j === i + 1 ? value : 0;
  },
  lastColumnOnly: (_recipe, next) => (_, j) => (j === 3 ? next() : 0),
} satisfies Record<string, (recipe: Recipe, next: () => number) => Entry>;

export type Kind = keyof typeof kinds;
export const allKinds = Object.keys(kinds) as Kind[];

export interface Recipe {
  rows: number;
  cols: number;
  kind: string;
  dtype: DType;
  seed: number;
}

function vectors(count: number, length: number, seed: number): number[][] {
  const next = uniform(seed);
  return Array.from({ length: count }, () => Array.from({ length }, next));
}

/** The matrix of a recipe. */
export function build(recipe: Recipe): Matrix {
  const { rows, cols, dtype } = recipe;
  const entry: Entry = kinds[recipe.kind as Kind](recipe, uniform(recipe.seed));
  const A = Matrix.zeros(rows, cols, { dtype });
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) A.data[i * cols + j] = entry(i, j);
  }
  return A;
}

/** A symmetric matrix: the lower triangle of the square recipe, mirrored. */
export function buildSymmetric(recipe: Recipe): Matrix {
  const A = build({ ...recipe, cols: recipe.rows });
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < i; j++) A.set(j, i, A.get(i, j));
  }
  return A;
}

/** Any recipe with sizes up to `max`; squares, tall, wide and empty ones come up often. */
export function anyRecipe(max: number): fc.Arbitrary<Recipe> {
  const size = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max }));
  return fc.record({
    rows: size,
    cols: size,
    kind: fc.constantFrom(...allKinds),
    dtype: fc.constantFrom("f32" as const, "f64" as const),
    seed: fc.nat(1e6),
  });
}

/** Every kind in both types, in shapes that are empty, thin, square, tall, wide and blocked. */
export function standardRecipes(shapes: [number, number][]): Recipe[] {
  return shapes.flatMap(([rows, cols]) =>
    allKinds.flatMap((kind) =>
      (["f64", "f32"] as const).map((dtype) => ({ rows, cols, kind, dtype, seed: 7 })),
    ),
  );
}

/** Shapes at and around the block sizes, and the degenerate ones. */
export const standardShapes: [number, number][] = [
  [0, 0],
  [0, 3],
  [3, 0],
  [1, 1],
  [1, 6],
  [6, 1],
  [2, 2],
  [5, 4],
  [13, 13],
  [33, 31],
  [40, 70],
  [70, 40],
  [90, 7],
  [7, 90],
  [67, 67],
];

/** The entries of a matrix that are not zero. */
export function sparseOf(A: Matrix): SparseMatrix {
  const places = [...A.data.keys()].filter((i) => A.data[i] !== 0);
  return SparseMatrix.fromTriplets({
    ...{ rows: A.rows, cols: A.cols },
    rowIndices: places.map((i) => Math.floor(i / A.cols)),
    colIndices: places.map((i) => i % A.cols),
    values: A.data.filter((x) => x !== 0),
  });
}
