// What a problem makes of its errors A(X) - y: a loss, and its derivative by each error. The rest of a
// problem, the products with A and A*, knows nothing of it.
import { integer, seed, word } from "../../check/fields.js";
import { checkedOptions } from "../../check/options.js";
import { checkPositive } from "../../check/values.js";
import { randomPermutation } from "../../linalg/random.js";
import * as streams from "../../linalg/streams.js";
import { spreadOf, tailBound } from "../../linalg/tail-bound.js";
import type { FloatArray } from "../../wasm/index.js";

export type LossName = "squares" | "huber" | "medianOfMeans";

export interface LossOptions {
  /**
   * "squares": 1/2 sum e^2 over the errors e. "huber": an error beyond the threshold counts by its size
   * instead of its square, so none pulls more than the threshold. "medianOfMeans": the measurements are
   * dealt into blocks, and the block whose loss is the median counts for all.
   * @defaultValue "squares"
   */
  loss?: LossName;
  /**
   * Of "huber", which needs it, in the unit of the values: about 1.345 standard deviations of the
   * noise. Very small, it makes the loss the sum of absolute errors.
   */
  threshold?: number;
  /**
   * Of "medianOfMeans", which needs it. It must divide the number of measurements, and at most
   * half of the blocks may hold wrong ones: take four times as many blocks as there may be.
   */
  blocks?: number;
  /** Of "medianOfMeans": which measurements come into one block. @defaultValue 0 */
  seed?: number;
}

/** A loss of a number of errors. */
export interface Loss {
  /** Replaces the errors by the derivatives of the loss by them; returns the loss. */
  derive(errors: FloatArray): number;
  /** How many times that of squares the curvature of the loss may be. */
  readonly curvature: number;
}

/**
 * The loss that options ask for; undefined for squares, which the kernels sum themselves.
 *
 * @param shape - of the unknown matrix, with the number of measurements.
 * @throws RangeError or TypeError for options that are out of range, missing, or another loss's.
 */
export function readLoss(
  name: string,
  options: LossOptions,
  shape: { rows: number; cols: number; measurements: number },
): Loss | undefined {
  const read = checkedOptions<LossOptions>(name, options, {
    loss: word(["squares", "huber", "medianOfMeans"]),
    threshold: checkPositive,
    blocks: integer(1),
    seed,
  });
  const { loss = "squares", threshold, blocks } = read;
  only(name, "threshold", threshold, "huber", loss);
  only(name, "blocks", blocks, "medianOfMeans", loss);
  if (loss !== "medianOfMeans") only(name, "seed", read.seed, "medianOfMeans", loss);
  if (loss === "huber") return huber(threshold as number);
  if (loss !== "medianOfMeans") return undefined;
  return medianOfMeans(name, shape, blocks as number, read.seed ?? 0);
}

/** That an option is given with its loss, and with no other. */
function only(
  name: string,
  option: string,
  value: number | undefined,
  owner: LossName,
  loss: LossName,
): void {
  if ((value !== undefined) === (loss === owner)) return;
  throw new TypeError(
    value === undefined
      ? `${name}: loss is "${owner}" and ${option} is missing: it must be given`
      : `${name}: loss is "${loss}" and ${option} is ${value}: only "${owner}" takes it`,
  );
}

/** Huber 1964: sum of e^2 / 2 up to the threshold k, and of k |e| - k^2 / 2 beyond. */
function huber(threshold: number): Loss {
  return {
    curvature: 1,
    derive(errors) {
      let loss = 0;
      for (let p = 0; p < errors.length; p++) {
        const size = Math.abs(errors[p]);
        if (size <= threshold) {
          loss += 0.5 * size * size;
        } else {
          loss += threshold * (size - 0.5 * threshold);
          errors[p] = errors[p] > 0 ? threshold : -threshold;
        }
      }
      return loss;
    },
  };
}

/**
 * The upper median over the blocks of their 1/2 sum e^2, times the number of blocks, so that it is of
 * the size of the loss of squares.
 */
function medianOfMeans(
  name: string,
  { rows, cols, measurements }: { rows: number; cols: number; measurements: number },
  blocks: number,
  seed: number,
): Loss {
  if (measurements % blocks !== 0) {
    throw new RangeError(
      `${name}: blocks is ${blocks} and there are ${measurements} measurements: it must divide them`,
    );
  }
  const size = measurements / blocks;
  const order = randomPermutation(measurements, seed, streams.lossBlocks.first);
  const blockOf = new Int32Array(measurements);
  for (let i = 0; i < measurements; i++) blockOf[order[i]] = Math.floor(i / size);
  const sums = new Float64Array(blocks);
  const byLoss = Int32Array.from({ length: blocks }, (_, b) => b);
  // Of `size` Gaussian measurements of a space of rows + cols dimensions, such as the directions in
  // which one component can change, the largest eigenvalue is so many times the average one.
  const root = 1 + Math.sqrt((rows + cols) / size);
  return {
    curvature: blocks === 1 ? 1 : root * root,
    derive(errors) {
      sums.fill(0);
      for (let p = 0; p < errors.length; p++) sums[blockOf[p]] += errors[p] * errors[p];
      byLoss.sort((a, b) => sums[a] - sums[b] || a - b);
      const chosen = byLoss[blocks >> 1];
      for (let p = 0; p < errors.length; p++) {
        errors[p] = blockOf[p] === chosen ? blocks * errors[p] : 0;
      }
      return 0.5 * blocks * sums[chosen];
    },
  };
}

/**
 * The measured values with those that must be gross errors cut to what the others reach: where a robust
 * problem starts, and how fast it may go, follow from these.
 */
export function withoutPeaks(values: Float64Array): Float64Array {
  const bound = tailBound(spreadOf(values.map(Math.abs)));
  return values.map((value) => Math.min(bound, Math.max(-bound, value)));
}
