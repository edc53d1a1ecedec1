// Runs of the wide network, and the claims of `lowrank verify`, apart from the page.
import { allClaims } from "../../src/cli/all-claims.js";
import { deepFactorization } from "../../src/factorization/models/deep-factorization.js";
import { factorization } from "../../src/factorization/problems/factorization.js";
import { train } from "../../src/factorization/training/train.js";
import { svd } from "../../src/linalg/svd.js";
import { adam } from "../../src/optim/adam.js";
import { gd } from "../../src/optim/gd.js";
import { passiveScalars } from "../../src/theory/passive.js";
import { lowRankTarget } from "../../src/theory/target.js";
import { tolerances } from "../../src/theory/tolerance.js";
import { report, serve } from "../shell/serve.js";

export interface Setting {
  size: number;
  rank: number;
  depth: number;
  scale: number;
  learningRate: number;
  optimizer: "gd" | "adam";
}

/** A moment of a run. */
export interface Moment {
  step: number;
  loss: number;
  /** Singular values of the first factor, descending; which of them follow the recursion. */
  values: number[];
  passive: boolean[];
  /** What the theorem says of the passive ones. */
  expected: number;
  /** How far the passive ones are from it. */
  deviation: number;
}

export interface Run {
  moments: Moment[];
  /** What the deviation must stay below. */
  bound: number;
}

const seed = 1;
const steps = 240;
const moments = 60;

function run({ size, rank, depth, scale, learningRate, optimizer }: Setting): Run {
  const target = lowRankTarget({ rows: size, cols: size, rank, seed });
  const scales = Array.from({ length: depth }, () => scale);
  const model = deepFactorization({ shape: target, depth, scale, initialization: "haar", seed });
  const expected = passiveScalars(scales, { learningRate }, steps);
  const updates =
    optimizer === "gd" ? gd({ learningRate }) : adam({ learningRate: learningRate / 4 });
  const passiveCount = size - 2 * rank;
  const found: Moment[] = [];
  for (const { step, loss } of train(model, factorization(target), { steps, optimizer: updates })) {
    if (step % Math.ceil(steps / moments) !== 0) continue;
    const values = Array.from(svd(model.factors()[0], { vectors: false }).S);
    const rho = Math.abs(expected[step][0]);
    // Passive are those nearest to what the theorem says.
    const distances = values.map((value) => Math.abs(value - rho));
    const order = [...values.keys()].sort((a, b) => distances[a] - distances[b] || a - b);
    const nearest = new Set(order.slice(0, passiveCount));
    found.push({
      ...{ step, loss, values, expected: rho },
      passive: values.map((_, i) => nearest.has(i)),
      deviation: distances[order[passiveCount - 1]],
    });
  }
  const largest = svd(target, { vectors: false }).S[0];
  const unit = Math.max(1, largest ** (1 / depth));
  return { moments: found, bound: unit * tolerances.f64.spectrum };
}

/** Every claim, measured one after the other; each verdict is reported as it comes. */
function verify(): number {
  const claims = allClaims(1);
  for (const [i, claim] of claims.entries()) {
    report({ verdict: claim(), done: i + 1, of: claims.length }, true);
  }
  return claims.length;
}

const functions = { run, verify };
export type Theorem = typeof functions;
serve(functions);
