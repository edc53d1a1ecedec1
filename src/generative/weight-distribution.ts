import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkFinite } from "../linalg/check.js";
import { eigh } from "../linalg/eigh.js";
import { angle } from "../linalg/elementary.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import type { FloatArray } from "../wasm/index.js";

export interface WeightDistributionOptions {
  /** Random pairs of directions that are looked at, every other one a direction with itself. @defaultValue 200 */
  pairs?: number;
  /** Steps of a random search from the worst of them. @defaultValue 300 */
  climbs?: number;
  /** Of the directions. @defaultValue 0 */
  seed?: number;
}

const checks: OptionChecks<WeightDistributionOptions> = {
  pairs: check.integer(1),
  climbs: check.integer(0),
  seed: check.seed,
};

/**
 * How far the rows of W are from spread evenly: the largest deviation that was found of the weight
 * distribution condition, over directions x and y,
 *
 *     ‖ Σ [w_i·x > 0] [w_i·y > 0] w_i w_i' - Q(x, y) ‖ ,
 *
 * Q the mean of the sum where the w_i are normal of covariance I / rows. Descent through layers whose
 * deviation is small finds what they generated. The search is random, so this is a lower bound on the
 * largest deviation that there is. For c times as many rows as columns it is about
 * sqrt(2 / c) + 1 / c, whatever the size.
 *
 * Each of the pairs + climbs steps takes rows cols² / 4 + 9 cols³ operations, about.
 *
 * @param W - one layer's weights, rows x cols, of variance 1 / rows; left unchanged.
 * @throws RangeError when W is empty or an entry is not finite, or an option is out of range.
 * @example
 * ```ts
 * const W = Matrix.randomNormal(320, 10, { seed: 1 });
 * const scaled = new Matrix(320, 10, W.data.map((w) => w / Math.sqrt(320)));
 * weightDistributionDeviation(scaled) < 0.8; // true
 * ```
 */
export function weightDistributionDeviation(
  W: Matrix,
  options: WeightDistributionOptions = {},
): number {
  const name = "weightDistributionDeviation";
  const { pairs = 200, climbs = 300, seed = 0 } = checkedOptions(name, options, checks);
  checkFinite(name, "W", W);
  if (W.rows === 0 || W.cols === 0) {
    throw new RangeError(`${name}: W is ${W.rows} x ${W.cols}: it must not be empty`);
  }
  const A = W.dtype === "f64" ? W : W.astype("f64");
  const k = A.cols;
  const normal = (length: number, use: 0 | 1) =>
    randomNormalArray(length, seed, streamAt(streams.weightDistribution, use), "f64");
  const random = normal(2 * k * pairs, 0);
  let worst = { deviation: Number.NEGATIVE_INFINITY, x: random, y: random };
  for (let p = 0; p < pairs; p++) {
    const x = random.subarray(2 * p * k, (2 * p + 1) * k);
    const y = p % 2 === 0 ? x : random.subarray((2 * p + 1) * k, (2 * p + 2) * k);
    const found = deviation(A, x, y);
    if (found > worst.deviation) worst = { deviation: found, x, y };
  }
  const steps = normal(2 * k * climbs, 1);
  let [x, y] = [unit(worst.x), unit(worst.y)];
  let best = worst.deviation;
  let size = 0.3 / Math.sqrt(k);
  for (let c = 0; c < climbs; c++) {
    const move = (from: FloatArray, at: number) =>
      unit(Float64Array.from(from, (value, i) => value + size * steps[at * k + i]));
    const [nextX, nextY] = [move(x, 2 * c), move(y, 2 * c + 1)];
    const found = deviation(A, nextX, nextY);
    if (found > best) {
      [x, y, best] = [nextX, nextY, found];
      size *= 1.5;
    } else {
      size *= 0.97;
    }
  }
  return best;
}

/** The norm of the difference between the sum over rows that both directions see and its mean. */
function deviation(W: Matrix, x: FloatArray, y: FloatArray): number {
  const k = W.cols;
  const products = matmul(W, new Matrix(2, k, Float64Array.of(...x, ...y)), { transposeB: true });
  const seen: number[] = [];
  for (let i = 0; i < W.rows; i++) {
    const [byX, byY] = products.row(i);
    if (byX > 0 && byY > 0) seen.push(i);
  }
  const B = Matrix.zeros(seen.length, k);
  seen.forEach((row, i) => {
    B.row(i).set(W.row(row));
  });
  const S = matmul(B, B, { transposeA: true });
  const Q = meanOfSeen(x, y);
  for (let i = 0; i < S.data.length; i++) S.data[i] -= Q.data[i];
  const { values } = eigh(S, { vectors: false });
  return Math.max(Math.abs(values[0]), Math.abs(values[k - 1]));
}

/**
 * Q(x, y) = (π - θ)/(2π) I + sin θ/(2π) M, θ the angle between x and y, M exchanging their directions
 * and 0 across them (Hand and Voroninski 2018). @internal
 */
export function meanOfSeen(x: FloatArray, y: FloatArray): Matrix {
  const k = x.length;
  const u = unit(x);
  const to = unit(y);
  const cosine = Math.max(-1, Math.min(1, dot(u, to)));
  const across = Float64Array.from(to, (value, i) => value - cosine * u[i]);
  const sine = Math.sqrt(dot(across, across));
  const share = (Math.PI - angle(cosine, sine)) / (2 * Math.PI);
  const Q = Matrix.zeros(k, k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      // With v = across / sine, sine M is this; where sine is 0, so is the whole.
      const [vv, uv] = [across[i] * across[j], u[i] * across[j] + across[i] * u[j]];
      const exchange = sine * cosine * u[i] * u[j] + sine * uv;
      const rest = sine === 0 ? 0 : (cosine * vv) / sine;
      Q.data[i * k + j] = (exchange - rest) / (2 * Math.PI) + (i === j ? share : 0);
    }
  }
  return Q;
}

function unit(x: FloatArray): Float64Array {
  const length = Math.sqrt(dot(x, x));
  return Float64Array.from(x, (value) => value / length);
}

function dot(x: FloatArray, y: FloatArray): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
