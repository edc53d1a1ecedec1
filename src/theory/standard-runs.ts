import { once } from "../claims/once.js";
import type { Matrix } from "../linalg/matrix.js";
import { type Observation, observe, type Setting } from "./observation.js";
import type { Rule } from "./rule.js";
import { lowRankTarget } from "./target.js";

/** What the lists of claims are made from: a seed, and the runs that several files look at. */
export interface StandardRuns {
  readonly seed: number;
  /** 30 x 30, of rank 3. */
  readonly target: () => Matrix;
  /** A square run of moderate size on that target; claims change what they are about. */
  readonly square: (changes: Partial<Setting>) => Observation;
  /** That run without changes. */
  readonly standard: () => Observation;
}

export const size = 30;
export const rank = 3;
export const scales = [0.3, 0.1, 0.5];
export const descent: Rule = { learningRate: 0.1 };

export function standardRuns(seed: number): StandardRuns {
  const target = once(() => lowRankTarget({ rows: size, cols: size, rank, seed }));
  const square = (changes: Partial<Setting>) =>
    observe({ target: target(), rank, scales, rule: descent, steps: 1000, seed, ...changes });
  return { seed, target, square, standard: once(() => square({})) };
}
