// Decomposes a matrix, apart from the page.
import { zipSync } from "fflate";
import { Matrix, pca, randomizedSvd, svd } from "lowrank";
import { encodeNpy, type NpyArray } from "../../src/formats/npy.js";
import { serve } from "../shell/serve.js";
import { readTable, type Table } from "./table.js";

export interface Point {
  x: number;
  y: number;
  name: string;
}

export interface Explored {
  rows: number;
  cols: number;
  singularValues: number[];
  /** Whether these are all of them. */
  complete: boolean;
  /** What is missing of the matrix, in the Frobenius norm, for each rank from 0 on; 1 is all. */
  errors: number[];
  points: Point[];
  /** Shares of the variance that the two directions explain. */
  explained: number[];
  milliseconds: number;
}

/** Smaller sides than this are decomposed to the end; of larger ones the first directions are found. */
const exactSide = 600;
const firstDirections = 100;
const seed = 0;
const mostPoints = 2000;

interface Factors {
  U: Matrix;
  S: ArrayLike<number>;
  V: Matrix;
}
let factors: Factors | undefined;

function explore(bytes: Uint8Array, name: string): Explored {
  return exploreTable(readTable(bytes, name));
}

/** Three groups of points in many dimensions. */
function exploreSample(): Explored {
  const [rows, cols] = [300, 24];
  const noise = Matrix.randomNormal(rows, cols, { seed: 1 });
  const centres = Matrix.randomNormal(3, cols, { seed: 2 });
  const data = noise.data.map((value, i) => {
    const [row, col] = [Math.floor(i / cols), i % cols];
    return value + 2 * centres.get(row % 3, col);
  });
  const names = Array.from({ length: rows }, (_, row) => `group ${(row % 3) + 1}`);
  return exploreTable({ rows, cols, data, names });
}

function exploreTable({ rows, cols, data, names }: Table): Explored {
  factors = undefined;
  const start = performance.now();
  const A = new Matrix(rows, cols, data);
  const complete = Math.min(rows, cols) <= exactSide;
  const found = complete ? svd(A) : randomizedSvd(A, { rank: firstDirections, seed });
  factors = found;
  const projection = pca(A, { components: 2 });
  const places = projection.transform(A);
  const milliseconds = performance.now() - start;
  const singularValues = Array.from(found.S);
  const stride = Math.ceil(rows / mostPoints);
  const shown = Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
  return {
    ...{ rows, cols, singularValues, complete, milliseconds },
    errors: errorsByRank(data, singularValues),
    explained: Array.from(projection.explainedVarianceRatio),
    points: shown.map((row) => ({
      x: places.get(row, 0),
      y: places.get(row, 1),
      name: names?.[row] ?? `row ${row + 1}`,
    })),
  };
}

/** ||A - A_k|| / ||A||: what the singular values after the first k leave. */
function errorsByRank(data: ArrayLike<number>, singularValues: readonly number[]): number[] {
  let total = 0;
  for (let i = 0; i < data.length; i++) total += data[i] * data[i];
  const errors = [1];
  let rest = total;
  for (const value of singularValues) {
    rest = Math.max(0, rest - value * value);
    errors.push(total > 0 ? Math.sqrt(rest / total) : 0);
  }
  return errors;
}

/** U, S and V of the first `rank` directions as .npy files in a zip archive. */
function save(rank: number): Uint8Array {
  if (factors === undefined) throw new Error("choose a matrix first");
  const { U, S, V } = factors;
  const first = ({ rows, cols, data }: Matrix): NpyArray => ({
    shape: [rows, rank],
    data: Float64Array.from({ length: rows * rank }, (_, i) => {
      return data[Math.floor(i / rank) * cols + (i % rank)];
    }),
  });
  const values = { shape: [rank], data: Float64Array.from(S).slice(0, rank) };
  const arrays = { "U.npy": first(U), "S.npy": values, "V.npy": first(V) };
  return zipSync(
    Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [
        name,
        [encodeNpy(array), { mtime: "1980-01-01T00:00:00" }],
      ]),
    ),
  );
}

const functions = { explore, exploreSample, save };
export type Explorer = typeof functions;
serve(functions);
