// The factors of the columns, by a spectral start and a few sweeps of conjugate gradients.
import { type IndexedBlock, indexedOperator } from "../linalg/in-job/linear-operator.js";
import { RandomizedQB } from "../linalg/in-job/randomized-qb.js";
import { leadingTriplets } from "../linalg/in-job/singular-triplets.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, type Handle, Job, product, sampledSingles } from "../wasm/index.js";
import { unlessOnes } from "./history.js";
import type { Objective } from "./objective.js";
import { orthonormalizeLines, ownLines } from "./orthonormal-lines.js";
import type { AlsSettings } from "./settings.js";
import { gather, type Pattern, Side } from "./side.js";
import { workBefore } from "./work.js";

/** Steps of conjugate gradients per row and sweep: with one the first sweeps fall behind. */
const conjugateGradientSteps = 3;
/** A component below the threshold starts at this share of the strongest one, not at 0. */
const smallestShare = 1e-6;
/** Stands for weights that are all 1. */
const none = 0 as Handle;
const start = { oversampling: 16, powerIterations: 2 };

/** The factors of the columns, and what the start saw. */
export interface FittedColumns {
  /** cols x rank. */
  readonly factors: Float32Array<ArrayBuffer>;
  /** Components of the start, of `rank`, that are stronger than pure noise. */
  readonly aboveNoise: number;
}

/**
 * The leading singular triplets that a start found. Fits to the same cells that differ in their
 * regularization only begin with the same ones: they are found once where the fits share this.
 */
export interface KnownStart {
  found?: {
    readonly rank: number;
    /** By rows of `rank` numbers. */
    readonly left: Float32Array;
    readonly right: Float32Array;
    /** The singular values. */
    readonly sizes: Float64Array;
  };
}

/**
 * Fits the factors: an iterator with a turn after the start and after each sweep, which returns those
 * of the columns. 16 rank operations per cell and side and 8 rank^2 per row and column,
 * in each sweep. Everything is in one job: 8 bytes per cell, and as much again and about 16 rank bytes
 * per row during the start. Shards have all of it, and each improves its own rows, and columns with as large
 * a share of the cells: a line's factors do not depend on who computes them.
 */
export function* fitFactors(
  weights: SparseRows,
  objective: Objective,
  { rank, seed }: AlsSettings,
  sweeps: number,
  blocks: RowBlocks,
  known?: KnownStart,
): Sharded<FittedColumns, undefined> {
  const job = new Job();
  const { rows, cols, sizes } = yield* begin(job, weights, objective, rank, seed, blocks, known);
  const aboveNoise = sizes.filter((size) => size > objective.noise).length;
  yield;
  const gram = Block.allocate(job, "f32", rank, rank);
  const work = job.allocateBytes(job.use(sampledSingles).f32.conjugateGradientWorkspace(rank));
  const improve = (side: Side, other: Side) => {
    const { factors } = other;
    product(factors, factors, { to: gram, transposeA: true, scale: objective.cellWeight });
    return side.improve(other, gram, conjugateGradientSteps, work);
  };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    yield* improve(rows, cols);
    yield* improve(cols, rows);
    yield;
  }
  return { factors: cols.factors.read() as Float32Array<ArrayBuffer>, aboveNoise };
}

/** Both sides with the factors of the start, and its singular values. Of what else it makes nothing is left. */
function* begin(
  job: Job,
  A: SparseRows,
  objective: Objective,
  rank: number,
  seed: number,
  blocks: RowBlocks,
  known: KnownStart | undefined,
): Sharded<{ rows: Side; cols: Side; sizes: Float64Array }> {
  const { threshold, rowWeights, colWeights } = objective;
  const weights = unlessOnes(A.values);
  const byRows: Pattern = {
    start: job.put(A.rowStart),
    indices: job.put(A.colIndices),
    weights: weights === undefined ? none : job.put(weights),
  };
  const byCols: Pattern = {
    start: job.allocate("i32", A.cols + 1),
    indices: job.allocate("i32", A.nonzeros),
    weights: weights === undefined ? none : job.allocate("f32", A.nonzeros),
  };
  // Two numbers per cell that only the start needs are where the factors will be: of ten million
  // cells there is no room to waste.
  const slots = 4 * Math.ceil(A.nonzeros / 4);
  const position = job.allocate("i32", Math.max(2 * slots, (A.rows + A.cols) * rank));
  const values = new Block(job, "f32", 1, A.nonzeros, job.at("i32", position, slots));
  const X = new Block(job, "f32", A.rows, rank, position);
  const Y = new Block(job, "f32", A.cols, rank, job.at("f32", position, A.rows * rank));
  const ridges = (sums: Float64Array) => sums.map((sum) => threshold * sum);
  const mark = job.mark();
  const columns = {
    start: job.view("i32", byCols.start, A.cols + 1),
    rowIndices: job.view("i32", byCols.indices, A.nonzeros),
    position: job.view("i32", position, A.nonzeros),
  };
  A.indexColumns(columns);
  if (weights) {
    const sorted = job.view("f32", byCols.weights, A.nonzeros);
    columns.position.forEach((p, slot) => {
      sorted[slot] = weights[p];
    });
  }
  const edges = { rows: blocks.starts, cols: columnsBeside(A, columns.start, blocks, rank) };
  const [ownRows, ownCols] = [edges.rows, edges.cols].map((lines) => ownLines(lines, blocks));
  let sizes = known?.found?.sizes;
  if (known?.found?.rank === rank && sizes) {
    X.write(known.found.left);
    Y.write(known.found.right);
  } else {
    fillScaled(values, A, objective);
    const scaled = {
      ...{ rows: A.rows, cols: A.cols, values },
      ...{ rowStart: byRows.start, colIndices: byRows.indices },
      ...{ start: byCols.start, rowIndices: byCols.indices, position },
    };
    sizes = yield* leadingTripletsOf(job, scaled, seed, X, Y, edges, blocks);
    if (known !== undefined) {
      const [left, right] = [X, Y].map((vectors) => vectors.read() as Float32Array);
      known.found = { rank, left, right, sizes };
    }
  }
  job.release(mark);
  shrink(sizes, X, Y, objective);
  const rows = new Side(byRows, ridges(rowWeights), X, ownRows);
  const cols = new Side(byCols, ridges(colWeights), Y, ownCols);
  return { rows, cols, sizes };
}

/** The first column that goes with every block of rows, whose share of the work with columns is theirs with rows. */
function columnsBeside(
  { rowStart, rows, cols }: SparseMatrix,
  start: Int32Array,
  { starts }: RowBlocks,
  rank: number,
): Int32Array {
  const ratio = workBefore(start, cols, rank) / workBefore(rowStart, rows, rank);
  let col = 0;
  return starts.map((row, block) => {
    if (block === starts.length - 1) return cols;
    const before = ratio * workBefore(rowStart, row, rank);
    while (col < cols && workBefore(start, col, rank) < before) col++;
    return col;
  });
}

/** The entries of D_u^-1/2 R D_i^-1/2, in the order of the cells. */
function fillScaled(values: Block, A: SparseRows, { rowWeights, colWeights }: Objective): void {
  const { rows, rowStart, colIndices } = A;
  const scaled = values.view();
  for (let u = 0; u < rows; u++) {
    for (let p = rowStart[u]; p < rowStart[u + 1]; p++) {
      const positive = Math.max(A.values[p], 0);
      scaled[p] = positive / Math.sqrt(rowWeights[u] * colWeights[colIndices[p]]);
    }
  }
}

/** The leading singular triplets: vectors into X and Y. Returns the values, largest first. */
function* leadingTripletsOf(
  job: Job,
  A: IndexedBlock,
  seed: number,
  X: Block,
  Y: Block,
  edges: { readonly rows: Int32Array; readonly cols: Int32Array },
  blocks: RowBlocks,
): Sharded<Float64Array> {
  const rank = X.cols;
  const own = { rows: ownLines(edges.rows, blocks), cols: ownLines(edges.cols, blocks) };
  const scaled = indexedOperator(A, own);
  const qb = new RandomizedQB(job, scaled, start.powerIterations, seed);
  const turns = qb.growing(Math.min(rank + start.oversampling, A.rows, A.cols));
  let side: "rows" | "cols" = "rows";
  for (let turn = turns.next(); !turn.done; ) {
    const { product, becomes } = turn.value;
    let made = false;
    if (becomes === "itself") yield* gather(product, own[side]);
    else {
      const passes = becomes === "orthonormal" ? 2 : 1;
      made = yield* orthonormalizeLines(product, edges[side], blocks, passes);
    }
    side = side === "rows" ? "cols" : "rows";
    turn = turns.next(made);
  }
  const { U, S, V } = qb.svd();
  const found = {
    left: qb.leftVectors(rank, V),
    values: S,
    right: U.columns(0, rank).transposed(),
  };
  const { left, values, right } = leadingTriplets("fitFactors", found, rank, scaled.exponent);
  left.transposeTo(X);
  right.transposeTo(Y);
  return Float64Array.from(values.read());
}

/**
 * The minimum without the constraint that a cell's weight be its own, from the leading singular
 * triplets of D_u^-1/2 R D_i^-1/2: they are shrunk by the threshold.
 */
function shrink(
  sizes: Float64Array,
  X: Block,
  Y: Block,
  { rowWeights, colWeights, threshold }: Objective,
): void {
  const rank = X.cols;
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const scales = sizes.map((size) =>
    Math.sqrt(total * Math.max(size - threshold, smallestShare * sizes[0])),
  );
  const place = (factors: Block, sums: Float64Array) => {
    const data = factors.view();
    for (let u = 0; u < sums.length; u++) {
      const size = 1 / Math.sqrt(sums[u]);
      for (let c = 0; c < rank; c++) data[u * rank + c] *= size * scales[c];
    }
  };
  place(X, rowWeights);
  place(Y, colWeights);
}
