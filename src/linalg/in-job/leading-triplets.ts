// The first singular triplets of a matrix to a tolerance: block Lanczos until what is wanted has
// converged, whole decomposition where a matrix is hardly larger than the bases.
//
// Lanczos sees no more copies of a repeated singular value than a block has vectors. What converged is
// therefore held against a random block: where that finds more, the iteration goes on.
import { Block, type Job } from "../../wasm/index.js";
import { BlockLanczos, blockWidth } from "./block-lanczos.js";
import { type SvdBlocks, svdInJob } from "./golub-kahan.js";
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
/** Up to this smaller side the whole decomposition takes a millisecond, and Lanczos no less. */
const smallSide = 64;

export interface LeadingTriplets extends ColumnTriplets {
  /** ‖A'U - V diag(S)‖ / S[0] in the Frobenius norm, rounding apart. */
  readonly residual: number;
  /** Pairs of products. */
  readonly iterations: number;
}

export interface Goal {
  /** Triplets wanted. */
  readonly rank: number;
  /** How many of them are to reach the tolerance, and to hold it beside a random block. */
  readonly converged: number;
  readonly tolerance: number;
  /** Pairs of products after which to end, if there are `rank` triplets by then. */
  readonly maxIterations: number;
  readonly seed: number;
}

/** The first triplets: at least `rank`. */
export function leadingTriplets(job: Job, operator: BlockOperator, goal: Goal): LeadingTriplets {
  const width = goal.rank + extraTriplets;
  const capacity = capacityFor(operator, width);
  if (capacity === undefined) return wholeTriplets(job, operator);
  return iterate(new BlockLanczos(job, operator, capacity, goal.seed), width, goal);
}

/** Vectors of a basis from which `width` triplets stay; undefined where Lanczos does not pay. */
function capacityFor({ rows: m, cols: n }: BlockOperator, width: number): number | undefined {
  const smaller = Math.min(m, n);
  const least = width + 2 * blockWidth;
  const fits = Math.max(least, Math.floor(basisEntries / (m + n)));
  const capacity = Math.min(2 * width + 8 * blockWidth, fits, smaller - blockWidth);
  return smaller <= smallSide || capacity < least ? undefined : capacity;
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

function iterate(bases: BlockLanczos, width: number, goal: Goal): LeadingTriplets {
  const { job } = bases;
  const { rank, converged, maxIterations } = goal;
  const limit = goal.tolerance / 2;
  /** Whether what has converged is known to be all: a block misses no copy of as many as it has vectors. */
  let checked = converged <= blockWidth;
  /** What earlier random blocks made the triplets lose, beside what they lack now. */
  let lost = 0;
  let before = 1;
  // The first look is as soon as can be: a matrix of low rank is found by then.
  for (let blocks = 1; ; ) {
    const mark = job.mark();
    growBy(bases, blocks, goal);
    const found = bases.decompose();
    const { count, residual } = convergedOf(bases, found, goal, limit);
    const reached = residual <= limit;
    const end = (reached && checked) || bases.iterations >= maxIterations;
    // What has not converged would miss its residual, which the random block replaces.
    if (end) bases.keep(found, rank);
    else if (reached) bases.keep(found, count);
    else if (!bases.hasRoom) bases.keep(found, width);
    job.release(mark);
    if (reached || end) lost = Math.sqrt(residual * residual + lost * lost);
    if (end || (reached && holdsMost(bases, count, limit) && count === rank)) {
      const { left, values, right, iterations } = bases;
      return { left, values, right, residual: lost, iterations };
    }
    if (reached) blocks = count < rank ? bases.capacity : stretch;
    else blocks = blocksToGo(residual / limit, before / residual, blocks);
    before = residual;
    checked = reached || converged <= blockWidth;
  }
}

/** Adds blocks up to `rank` triplets, and on to `blocks` of them while there are room and iterations. */
function growBy(bases: BlockLanczos, blocks: number, { rank, maxIterations }: Goal): void {
  for (let i = 0; bases.hasRoom; i++) {
    if (bases.used >= rank && (i >= blocks || bases.iterations >= maxIterations)) break;
    bases.grow();
  }
}

/** How many of the first triplets are within the limit, no fewer than must be, and their residual. */
function convergedOf(
  bases: BlockLanczos,
  found: SvdBlocks,
  { rank, converged }: Goal,
  limit: number,
): { count: number; residual: number } {
  for (let count = rank; ; count--) {
    const residual = bases.residual(found, count);
    if (residual <= limit || count === converged) return { count, residual };
  }
}

/**
 * Makes a random block the next one; whether that alone shows that no singular value beside the first
 * `count` is larger than these, or large enough to matter.
 */
function holdsMost(bases: BlockLanczos, count: number, limit: number): boolean {
  const beyond = bases.takeRandom();
  const S = bases.values.view();
  return beyond <= probed * Math.max(S[count - 1], limit * S[0]);
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
