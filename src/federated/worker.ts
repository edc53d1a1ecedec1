import { invalidValue } from "../check/describe.js";
import { checkedOptions } from "../check/options.js";
import { checkColumns, checkInteger } from "../check/values.js";
import { Matrix } from "../linalg/matrix.js";
import { type FloatArray, isFloatArray, signWordsKernels, withSharedJob } from "../wasm/index.js";
import { IndexCode } from "./index-code.js";
import {
  adoptShape,
  type CodeShape,
  type PolarAirScheme,
  readScheme,
  schemeChecks,
} from "./scheme.js";
import { sparsify } from "./sparsify.js";

/**
 * One worker's end of PolarAir (Gkagkos, Narayanan, Chamberland, Georghiades 2023): it turns a
 * gradient into a signal of L x n_c numbers that adds up, on the air, with those of other workers.
 *
 * The K entries of largest magnitude of the gradient and of what was left before are sent; the rest
 * is left for the next rounds (error feedback). An entry's index chooses a sequence of random signs
 * and, as a polar codeword with a check of 8 bits, how they are turned; its value is the amplitude.
 * Signals are linear in the values and the same code serves all workers, so a sum of signals is the
 * signal of the sum. K L n_c additions; nothing of the size of the sensing matrix is formed.
 *
 * @throws RangeError when an option is out of range or they do not fit each other, TypeError for an
 *   unknown one.
 * @example
 * ```ts
 * const worker = new PolarAirWorker({ dimension: 1000, sparsity: 2, seed: 1 });
 * const gradient = new Float64Array(1000);
 * gradient.set([3, -1, 2]);
 * worker.encode(gradient).rows; // 4
 * worker.unsent()[1]; // -1
 * ```
 */
export class PolarAirWorker {
  #code: IndexCode;
  #left: Float64Array<ArrayBuffer>;

  constructor(options: PolarAirScheme) {
    const name = "PolarAirWorker";
    const required = ["dimension", "sparsity"] as const;
    const read = checkedOptions(name, options, schemeChecks, withSizes, ...required);
    this.#code = new IndexCode(readScheme(name, read));
    this.#left = new Float64Array(read.dimension);
  }

  /** The shape of its signals. */
  get shape(): CodeShape {
    return this.#code.scheme.shape;
  }

  /** What its gradients still owe, a copy: `dimension` numbers. */
  unsent(): Float64Array {
    return this.#left.slice();
  }

  /**
   * The signal of a gradient: its largest entries and those of what was left, which are forgotten
   * here; the others are kept. Zeros are never sent.
   *
   * @param gradient - `dimension` numbers; left unchanged.
   * @returns spreading x codeLength, f64: sum over the entries of value times column.
   * @throws TypeError when it is not a Float64Array or Float32Array; RangeError when its length is
   *   another one or an entry is not finite.
   */
  encode(gradient: FloatArray): Matrix {
    const name = "encode";
    const { dimension, sparsity } = this.#code.scheme;
    checkGradient(name, gradient, dimension);
    const { indices, values, left } = sparsify(gradient, this.#left, sparsity);
    const signal = this.#signal(name, indices, values);
    // Only what has become a signal is forgotten.
    this.#left = left;
    return signal;
  }

  /**
   * The signal of entries that were chosen in another way; nothing is remembered.
   *
   * @param indices - integers in 0 .. dimension - 1.
   * @param values - as many finite numbers.
   * @throws TypeError when they are not arrays; RangeError when an entry is not in its range.
   */
  encodeEntries(indices: ArrayLike<number>, values: ArrayLike<number>): Matrix {
    const name = "encodeEntries";
    checkColumns(name, { indices, values });
    for (let i = 0; i < indices.length; i++) {
      checkInteger(name, `indices[${i}]`, indices[i], 0, this.#code.scheme.dimension - 1);
      if (!Number.isFinite(values[i])) {
        throw invalidValue(name, `values[${i}]`, values[i], "a finite number");
      }
    }
    return this.#signal(name, indices, values);
  }

  /** Goes on with the shape that the server chose; what is unsent stays. */
  adopt(shape: CodeShape): void {
    this.#code = new IndexCode(adoptShape("adopt", this.#code.scheme, shape));
  }

  #signal(name: string, indices: ArrayLike<number>, values: ArrayLike<number>): Matrix {
    const code = this.#code;
    const signal = Matrix.zeros(code.spreading, code.codeLength);
    withSharedJob((job) => {
      const X = job.put(signal.data);
      const column = code.sequences.allocate(job);
      for (let i = 0; i < indices.length; i++) {
        code.writeColumn(job, indices[i], column);
        job
          .use(signWordsKernels)
          .f64.addSigned(code.measurements, values[i] / Math.sqrt(code.measurements), column, X);
      }
      job.readInto(signal.data, X);
    });
    if (!signal.data.every(Number.isFinite)) {
      throw new RangeError(`${name}: the signal overflows f64: the values must be smaller`);
    }
    return signal;
  }
}

/** What the options must be, in messages. */
export const withSizes = "an object with dimension and sparsity";

function checkGradient(name: string, gradient: FloatArray, dimension: number): void {
  if (!isFloatArray(gradient)) {
    throw invalidValue(name, "gradient", gradient, "a Float64Array or Float32Array", TypeError);
  }
  if (gradient.length !== dimension) {
    throw new RangeError(
      `${name}: gradient has ${gradient.length} entries: it must have ${dimension}, as the dimension says`,
    );
  }
  for (let i = 0; i < dimension; i++) {
    if (Number.isFinite(gradient[i])) continue;
    throw invalidValue(name, `gradient[${i}]`, gradient[i], "a finite number");
  }
}
