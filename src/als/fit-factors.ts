// The factors of the columns, by a spectral start and a few sweeps of conjugate gradients.
import type { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, type Handle, Job, type Mark, sampledSingles } from "../wasm/index.js";
import { unlessOnes } from "./history.js";
import { type Edges, leadingTriplets } from "./leading-triplets.js";
import type { Objective } from "./objective.js";
import { gramOfLines } from "./orthonormal-lines.js";
import type { AlsSettings } from "./settings.js";
import { type OwnLines, ownLines, type Pattern, Side } from "./side.js";
import { workBefore } from "./work.js";

/** Steps of conjugate gradients per row and sweep: with one the first sweeps fall behind. */
const conjugateGradientSteps = 3;
/** A component below the threshold starts at this share of the strongest one, not at 0. */
const smallestShare = 1e-6;
/** Stands for weights that are all 1. */
const none = 0 as Handle;

/** The factors of the columns, and what the start saw. */
export interface FittedColumns {
  /** cols x rank. */
  readonly factors: Float32Array<ArrayBuffer>;
  /** Components of the start, of `rank`, that are stronger than pure noise. */
  readonly aboveNoise: number;
}

/** Both sides in a job, as they are before the first sweep. */
interface Start {
  readonly job: Job;
  readonly rank: number;
  readonly byRows: Pattern;
  readonly byCols: Pattern;
  readonly edges: Edges;
  readonly ownRows: OwnLines;
  readonly ownCols: OwnLines;
  /** rows x rank and cols x rank: of the rows the shard's own. */
  readonly X: Block;
  readonly Y: Block;
  /** The leading singular values. */
  readonly sizes: Float64Array;
  /** Their vectors, where other fits will begin with them: of the left ones the lines of the shard's own rows. */
  readonly kept: { readonly left: Float32Array; readonly right: Float32Array } | undefined;
  /** What the sweeps allocate is above it. */
  readonly mark: Mark;
}

/**
 * The start that was found. Fits to the same cells that differ in their regularization only begin with the same
 * one: it is found once where the fits share this.
 */
export interface KnownStart {
  found?: Start;
}

/**
 * Fits the factors: an iterator with a turn after the start and after each sweep, which returns those
 * of the columns. 16 rank operations per cell and side and 8 rank^2 per row and column,
 * in each sweep. Everything is in one job: 8 bytes per cell, and as much again and about 16 rank bytes
 * per row during the start. Shards have all of it, and each improves its own rows, and columns with as large
 * a share of the work: a line's factors do not depend on who computes them.
 */
export function* fitFactors(
  weights: SparseRows,
  objective: Objective,
  { rank, seed }: AlsSettings,
  sweeps: number,
  blocks: RowBlocks,
  known?: KnownStart,
): Sharded<FittedColumns, undefined> {
  const { job, X, Y, sizes, ...of } = yield* startOf(weights, objective, rank, seed, blocks, known);
  shrink(sizes, X.lines(of.ownRows.first, of.ownRows.count), Y, of.ownRows, objective);
  const aboveNoise = sizes.filter((size) => size > objective.noise).length;
  yield;
  const { threshold, rowWeights, colWeights } = objective;
  const ridges = (sums: Float64Array) => sums.map((sum) => threshold * sum);
  const rows = new Side(of.byRows, ridges(rowWeights), X, of.ownRows);
  const cols = new Side(of.byCols, ridges(colWeights), Y, of.ownCols);
  const gram = Block.allocate(job, "f32", rank, rank);
  const work = job.allocateBytes(job.use(sampledSingles).f32.conjugateGradientWorkspace(rank));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    yield* improve(rows, cols, of.edges.cols);
    yield* improve(cols, rows, of.edges.rows);
    yield;
  }
  return { factors: cols.factors.read() as Float32Array<ArrayBuffer>, aboveNoise };

  function* improve(side: Side, other: Side, edgesOfOther: Int32Array): Sharded<void> {
    const sums = yield* gramOfLines(other.factors, edgesOfOther, blocks);
    gram.write(Float32Array.from(sums, (sum) => objective.cellWeight * sum));
    yield* side.improve(other, gram, conjugateGradientSteps, work);
  }
}

/** The start, as it was found before or found now. */
function* startOf(
  A: SparseRows,
  objective: Objective,
  rank: number,
  seed: number,
  blocks: RowBlocks,
  known: KnownStart | undefined,
): Sharded<Start> {
  const found = known?.found;
  if (found?.rank !== rank || !found.kept) {
    const start = yield* findStart(A, objective, rank, seed, blocks, known !== undefined);
    if (known) known.found = start;
    return start;
  }
  const { job, mark, X, Y, ownRows, kept } = found;
  job.release(mark);
  X.lines(ownRows.first, ownRows.count).write(kept.left);
  Y.write(kept.right);
  return found;
}

/** Of what else it makes nothing is left. @param keeps - the vectors are kept beside those that the sweeps improve. */
function* findStart(
  A: SparseRows,
  objective: Objective,
  rank: number,
  seed: number,
  blocks: RowBlocks,
  keeps: boolean,
): Sharded<Start> {
  const job = new Job();
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
  fillScaled(values, A, objective);
  const scaled = {
    ...{ rows: A.rows, cols: A.cols, values },
    ...{ rowStart: byRows.start, colIndices: byRows.indices },
    ...{ start: byCols.start, rowIndices: byCols.indices, position },
  };
  const sizes = yield* leadingTriplets(job, scaled, seed, X, Y, edges, blocks);
  job.release(mark);
  const copyOf = (x: Block) => x.read() as Float32Array;
  const kept = keeps
    ? { left: copyOf(X.lines(ownRows.first, ownRows.count)), right: copyOf(Y) }
    : undefined;
  return { job, rank, byRows, byCols, edges, ownRows, ownCols, X, Y, sizes, kept, mark };
}

/** The first column that goes with every block of rows, whose share of the work with columns is theirs with rows. */
function columnsBeside(
  { rowStart, rows, cols }: SparseRows,
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

/**
 * The minimum without the constraint that a cell's weight be its own, from the leading singular
 * triplets of D_u^-1/2 R D_i^-1/2: they are shrunk by the threshold.
 *
 * @param X - of the own rows.
 */
function shrink(
  sizes: Float64Array,
  X: Block,
  Y: Block,
  { first, count }: OwnLines,
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
  place(X, rowWeights.subarray(first, first + count));
  place(Y, colWeights);
}
