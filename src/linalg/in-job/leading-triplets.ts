// The first singular triplets of a matrix to a tolerance: block Lanczos until what is wanted has
// converged, whole decomposition where a matrix is hardly larger than the bases.
//
// Lanczos sees no more copies of a repeated singular value than a block has vectors. What converged is
// therefore held against a random block: where that finds more, the iteration goes on.
import { Block, type Job } from "../../wasm/index.js";
import { BlockLanczos, blockWidth } from "./block-lanczos.js";
import { svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import type { ColumnTriplets } from "./singular-triplets.js";

/** Blocks between two looks at the residual, at most. */
const stretch = 4;
/** Triplets beyond the rank that stay at a restart: they widen the gap that governs convergence. */
const extraTriplets = 12;
/** Numbers that the bases may hold: 512 MiB in f64. */
const basisEntries = 2 ** 26;
/**
 * A random block of at most this norm, over σ, beyond what was found leaves no place for another σ: its mean
 * square would be blockWidth σ² at least, and to be a hundredth of that has a chance of 5e-7 (probes.ts).
 */
const probed = 0.28;

export interface LeadingTriplets extends ColumnTriplets {
  /** ‖A'U - V diag(S)‖ / S[0] in the Frobenius norm, rounding apart. */
  readonly residual: number;
  /** Pairs of products. */
  readonly iterations: number;
}

export interface Goal {
  /** Triplets that are to reach the tolerance, and to hold it beside a random block. */
  readonly rank: number;
  readonly tolerance: number;
  /** Pairs of products after which to end, if there are `rank` triplets by then. */
  readonly maxIterations: number;
  readonly seed: number;
}

/** The first triplets: at least `rank`. */
export function leadingTriplets(job: Job, operator: BlockOperator, goal: Goal): LeadingTriplets {
  const { rows: m, cols: n } = operator;
  const { rank, seed } = goal;
  const smaller = Math.min(m, n);
  const once = wholePays(operator, rank);
  const width = rank + extraTriplets;
  const least = once ? blockWidth * Math.ceil(rank / blockWidth) : width + 2 * blockWidth;
  const most = once ? least : 2 * width + 8 * blockWidth;
  const fits = Math.max(least, Math.floor(basisEntries / (m + n)));
  const capacity = Math.min(most, fits, smaller - blockWidth);
  if (capacity >= least) {
    const mark = job.mark();
    const bases = new BlockLanczos(job, operator, capacity, seed);
    const found = iterate(bases, goal, { width, once });
    if (found) return found;
    job.release(mark);
  }
  return wholeTriplets(job, operator);
}

/**
 * Whether all triplets take about as long as the iteration that finds the first `rank`: so measured on
 * Gaussian matrices of 60 to 600 columns, whose values hardly decay.
 */
function wholePays({ rows: m, cols: n }: BlockOperator, rank: number): boolean {
  return Math.min(m, n) <= 5.5 * (rank + blockWidth) && m * n <= basisEntries;
}

/** All triplets, from the products with all unit vectors of the smaller side. */
function wholeTriplets(job: Job, operator: BlockOperator): LeadingTriplets {
  const { rows: m, cols: n, dtype } = operator;
  const tall = m >= n;
  const size = Math.min(m, n);
  const units = Block.zeros(job, dtype, size, size);
  const entries = units.view();
  for (let i = 0; i < size; i++) entries[i * (size + 1)] = 1;
  const columns = Block.allocate(job, dtype, Math.max(m, n), size);
  if (tall) operator.multiply(units, columns);
  else operator.multiplyTransposed(units, columns);
  const { U, S: values, V } = svdInJob(columns);
  const [left, right] = tall ? [U, V] : [V, U];
  return {
    ...{ left: left.transposed(), values, right: right.transposed() },
    ...{ residual: 0, iterations: 1 },
  };
}

/** @param plan - `width` triplets stay at a restart; undefined comes back after a vain look, if `once`. */
function iterate(
  bases: BlockLanczos,
  goal: Goal,
  { width, once }: { width: number; once: boolean },
): LeadingTriplets | undefined {
  const { job } = bases;
  const { rank, maxIterations } = goal;
  const limit = goal.tolerance / 2;
  /** What random blocks made the triplets lose, beside what they lack now. */
  let lost = 0;
  let before = 1;
  /** Whether a random block was taken since the last look. */
  let checking = false;
  // The first look is as soon as can be: a matrix of low rank is found by then.
  for (let blocks = 1; ; ) {
    const mark = job.mark();
    growBy(bases, blocks, goal);
    const found = bases.decompose();
    const residual = bases.residual(found, rank);
    const reached = residual <= limit;
    // What was kept is in its place, until something larger is found.
    let end = checking && !isLarger(found.S, bases.values, rank, limit);
    if (!end) {
      const last = bases.iterations >= maxIterations;
      // A block misses no copy of as many as it has vectors.
      end = last || (reached && rank <= blockWidth);
      if (reached || last) {
        bases.keep(found, rank);
        lost = Math.sqrt(residual * residual + lost * lost);
      } else if (!bases.hasRoom) {
        bases.keep(found, width);
      }
    }
    job.release(mark);
    if (end || (reached && takesAll(bases, rank, limit))) {
      const { left, values, right, iterations } = bases;
      return { left, values, right, residual: lost, iterations };
    }
    if (once) return undefined;
    blocks = reached ? stretch : blocksToGo(residual / limit, before / residual, blocks);
    before = residual;
    checking = reached;
  }
}

/** Whether one of the first `count` values is larger than it was, by what matters. */
function isLarger(S: Block, before: Block, count: number, limit: number): boolean {
  const [now, then] = [S.read(), before.read()];
  return now.subarray(0, count).some((value, i) => value - then[i] > limit * now[0]);
}

/** Adds blocks up to `rank` triplets, and on to `blocks` of them while there are room and iterations. */
function growBy(bases: BlockLanczos, blocks: number, { rank, maxIterations }: Goal): void {
  for (let i = 0; bases.hasRoom; i++) {
    if (bases.used >= rank && (i >= blocks || bases.iterations >= maxIterations)) break;
    bases.grow();
  }
}

/**
 * Makes a random block the next one; whether that alone shows that no singular value beside the first
 * `rank` is larger than these, or large enough to matter.
 */
function takesAll(bases: BlockLanczos, rank: number, limit: number): boolean {
  const beyond = bases.takeRandom();
  const S = bases.values.view();
  return beyond <= probed * Math.max(S[rank - 1], limit * S[0]);
}

/**
 * As many blocks as it takes to divide the residual by `wanted`, where the last `blocks` divided it by `divided`: the
 * least k with divided^k >= wanted^blocks, up to `stretch`.
 */
function blocksToGo(wanted: number, divided: number, blocks: number): number {
  let goal = 1;
  for (let i = 0; i < blocks; i++) goal *= wanted;
  let count = 1;
  for (let reached = divided; reached < goal && count < stretch; count++) reached *= divided;
  return count;
}
