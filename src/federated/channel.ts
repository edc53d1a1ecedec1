import { invalidValue } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkList, checkNonNegative, checkPositive, checkSize } from "../check/values.js";
import { checkFinite } from "../linalg/check.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { type FloatArray, isFloatArray } from "../wasm/index.js";

export interface GaussianChannelOptions {
  /** Energy of each channel use of each worker, P. */
  power: number;
  /** Standard deviation of the receiver's noise at each use, sigma. @defaultValue 1 */
  noise?: number;
  /** Seed of the noise. @defaultValue 0 */
  seed?: number;
}

const checks: OptionChecks<GaussianChannelOptions> = {
  power: check.positive,
  noise: checkNonNegative,
  seed: check.seed,
};

/**
 * What a worker sends for a signal X of s entries: s + 2 numbers of energy P (s + 2) together. The
 * entries go without their mean mu, which has a use of its own, and all are multiplied by
 *
 *     alpha = √(P (s + 2) / (‖X‖² - (s - 1) mu² + 1)) :   alpha (X - mu), alpha, alpha mu
 *
 * A signal much larger than 1 leaves alpha, which the receiver divides by, little of the energy.
 *
 * @throws TypeError when the signal is not a Matrix; RangeError when it has no entry, one is not finite,
 *   their squares overflow, or the power is not positive.
 * @example
 * ```ts
 * allocatePower(Matrix.from([[1, 1]]), 3); // Float64Array [0, 0, 2.449489742783178, 2.449489742783178]
 * ```
 */
export function allocatePower(signal: Matrix, power: number): Float64Array {
  const name = "allocatePower";
  checkFinite(name, "signal", signal);
  checkPositive(name, "power", power);
  const { data } = signal;
  const s = data.length;
  if (s === 0) throw new RangeError(`${name}: signal is 0 entries: it must have one or more`);
  let mean = 0;
  for (let i = 0; i < s; i++) mean += data[i];
  mean /= s;
  // ‖X‖² - s mu², without the cancellation.
  let spread = 0;
  for (let i = 0; i < s; i++) spread += (data[i] - mean) * (data[i] - mean);
  const alpha = Math.sqrt((power * (s + 2)) / (spread + mean * mean + 1));
  if (!(Number.isFinite(alpha) && alpha > 0)) {
    throw new RangeError(
      `${name}: the signal's squares, or its power, overflow f64: they must be smaller`,
    );
  }
  const sent = new Float64Array(s + 2);
  for (let i = 0; i < s; i++) sent[i] = alpha * (data[i] - mean);
  sent[s] = alpha;
  sent[s + 1] = alpha * mean;
  return sent;
}

/**
 * The signal in what a receiver hears of one or more workers at once: the mean of their signals,
 * weighted by their alphas, and noise. The inverse of `allocatePower` where there is one worker and
 * no noise.
 *
 * @param heard - rows cols + 2 numbers: the sum of what was sent and of the noise.
 * @param rows - of the signals.
 * @param cols - of the signals.
 * @throws TypeError when `heard` is not a Float64Array or Float32Array; RangeError when its length is
 *   another one, a number is not finite, or the sum of the alphas that was heard is not positive: the
 *   signals were too large, or the power too small, for the noise.
 * @example
 * ```ts
 * readSum(allocatePower(Matrix.from([[1, 2]]), 3), 1, 2).toArray(); // [[1, 2]]
 * ```
 */
export function readSum(heard: FloatArray, rows: number, cols: number): Matrix {
  const name = "readSum";
  checkSize(name, "rows", rows);
  checkSize(name, "cols", cols);
  if (!isFloatArray(heard)) {
    throw invalidValue(name, "heard", heard, "a Float64Array or Float32Array", TypeError);
  }
  const s = rows * cols;
  if (heard.length !== s + 2) {
    throw new RangeError(
      `${name}: heard has ${heard.length} numbers, with signals of ${rows} x ${cols}: ` +
        `it must have ${s + 2}`,
    );
  }
  const [alphas, means] = [heard[s], heard[s + 1]];
  if (!(alphas > 0)) {
    throw new RangeError(
      `${name}: the sum of the alphas is ${alphas}: it must be > 0: signals must be smaller, ` +
        "or the power larger, where the noise drowns it",
    );
  }
  const signal = Matrix.zeros(rows, cols);
  for (let i = 0; i < s; i++) signal.data[i] = (heard[i] + means) / alphas;
  checkFinite(name, "the signal", signal);
  return signal;
}

/** A multiple-access channel with Gaussian noise, and what it carried so far. */
export interface GaussianChannel {
  /** Channel uses so far; workers send at the same time. */
  readonly uses: number;
  /**
   * Sends the workers' signals at once.
   *
   * @param signals - one or more of one shape.
   * @returns what the receiver reads from the sum and the noise (`readSum`).
   * @throws as `allocatePower` and `readSum`, and RangeError when the shapes differ.
   */
  transmit(signals: readonly Matrix[]): Matrix;
}

/**
 * The air between workers and a server: the sum of what all send (`allocatePower`, so each spends
 * exactly P (s + 2) on s + 2 uses) and independent normal noise in each use. Equal seeds and equal
 * signals give equal bits.
 *
 * @throws RangeError when an option is out of range, TypeError for an unknown one.
 * @example
 * ```ts
 * const channel = gaussianChannel({ power: 1000, seed: 1 });
 * const received = channel.transmit([Matrix.from([[1, 2]]), Matrix.from([[3, 2]])]);
 * received.get(0, 1).toFixed(0); // "2"
 * channel.uses; // 4
 * ```
 */
export function gaussianChannel(options: GaussianChannelOptions): GaussianChannel {
  const name = "gaussianChannel";
  const wanted = "an object with power";
  const read = checkedOptions(name, options, checks, wanted, "power");
  const { power, noise = 1, seed = 0 } = read;
  let uses = 0;
  let transmissions = 0;
  return {
    get uses() {
      return uses;
    },
    transmit(signals) {
      const { rows, cols } = checkSignals(signals);
      const stream = streamAt(streams.channelNoise, transmissions % streams.channelNoise.count);
      const heard = randomNormalArray(rows * cols + 2, seed, stream, "f64");
      for (let i = 0; i < heard.length; i++) heard[i] *= noise;
      for (const signal of signals) {
        const sent = allocatePower(signal, power);
        for (let i = 0; i < heard.length; i++) heard[i] += sent[i];
      }
      transmissions++;
      uses += heard.length;
      return readSum(heard, rows, cols);
    },
  };
}

/** One or more of one shape; the first one. */
function checkSignals(signals: readonly Matrix[]): Matrix {
  checkList("transmit", "signals", signals);
  check.some("transmit", "signals", signals);
  check.list(checkFinite)("transmit", "signals", signals);
  const [first] = signals;
  signals.forEach(({ rows, cols }, i) => {
    if (rows === first.rows && cols === first.cols) return;
    throw new RangeError(
      `transmit: signals[${i}] is ${rows} x ${cols} and signals[0] ${first.rows} x ${first.cols}: ` +
        "they must be equal",
    );
  });
  return first;
}
