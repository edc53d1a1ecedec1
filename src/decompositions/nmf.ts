import { seed as checkSeed, integer, nonNegative } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkFinite, checkMatrix } from "../linalg/check.js";
import { innerProduct } from "../linalg/diagonal.js";
import { square } from "../linalg/elementary.js";
import { operatorInJob } from "../linalg/in-job/linear-operator.js";
import { scaleByPowerOfTwo } from "../linalg/in-job/scaling.js";
import { Matrix, readMatrix } from "../linalg/matrix.js";
import { checkSparse, SparseMatrix } from "../linalg/sparse-matrix.js";
import { truncatedSvd } from "../linalg/truncated-svd.js";
import { Block, type FloatArray, type Job, product, withSharedJob } from "../wasm/index.js";

export interface NmfOptions {
  /** Components, 1 .. min(m, n). */
  components: number;
  /** Change of a sweep, relative to that of the first one, at which to stop. @defaultValue 1e-4 */
  tolerance?: number;
  /** Sweeps over both factors at most. @defaultValue 200 */
  maxIterations?: number;
  /** Seed of the random start of the SVD that the factors begin from. @defaultValue 0 */
  seed?: number;
}

/** X is about W H, both without negative entries. */
export interface Nmf {
  /** m x k: how much of each component is in a row. */
  W: Matrix;
  /** k x n: what the components are made of. */
  H: Matrix;
  /** ‖X - W H‖ in the Frobenius norm. */
  error: number;
  /** Sweeps that it took. */
  iterations: number;
}

/**
 * Nonnegative matrix factorization, min ‖X - W H‖ over W, H >= 0: parts that only add up, such as the
 * topics of texts.
 *
 * From the leading singular vectors with their zeros filled by the mean of X (NNDSVDa, Boutsidis and
 * Gallopoulos 2008), by coordinate descent in turns over W and H (Cichocki and Phan 2009): the defaults of
 * scikit-learn. A local minimum; the error never rises. 4mnk + 2(m + n)k² operations per sweep, of a sparse
 * matrix 4k per entry.
 *
 * @param X - m x n, dense or sparse, entries >= 0; left unchanged.
 * @throws RangeError when an entry is negative or not finite, or an option is out of range; TypeError when
 * X is not a matrix or an option is unknown.
 * @example
 * ```ts
 * const { error } = nmf(Matrix.from([[1, 2], [2, 4]]), { components: 1 });
 * error < 1e-6; // true
 * ```
 */
export function nmf(X: Matrix | SparseMatrix, options: NmfOptions): Nmf {
  const name = "nmf";
  const checks: OptionChecks<NmfOptions> = {
    ...{
      components: integer(1),
      tolerance: nonNegative,
      maxIterations: integer(1),
      seed: checkSeed,
    },
  };
  const wanted = "an object with components";
  const read = checkedOptions(name, options, checks, wanted, "components");
  const { components, tolerance = 1e-4, maxIterations = 200, seed = 0 } = read;
  const total = totalOf(name, X);
  integer(1, Math.min(X.rows, X.cols))(name, "components", components);
  const start = startOf(X, components, seed, total / (X.rows * X.cols));
  return withSharedJob((job) => {
    const A = operatorInJob(job, name, X);
    const [w, h] = start.map((factor) => sideOf(job, factor));
    scaleByPowerOfTwo(h.factor, A.exponent);
    let [first, iterations] = [0, 0];
    while (iterations < maxIterations) {
      iterations++;
      meet(h, A.multiply, w);
      let change = descend(w, h.gram);
      meet(w, A.multiplyTransposed, h);
      change += descend(h, w.gram);
      if (iterations === 1) first = change;
      if (first === 0 || change <= tolerance * first) break;
    }
    // ‖X‖² - 2 <X, W H> + <W'W, H H'>: nothing of the size of X is made.
    meet(h, A.multiply, w);
    const inner = (one: Block, other: Block) => innerProduct(readMatrix(one), readMatrix(other));
    const crossed = inner(w.products, w.factor);
    const left = (A.energy as number) - 2 * crossed + inner(w.gram, h.gram);
    scaleByPowerOfTwo(h.factor, -A.exponent);
    return {
      ...{ W: readMatrix(w.factor.transposed()), H: readMatrix(h.factor), iterations },
      error: Math.sqrt(Math.max(left, 0)) * 2 ** -A.exponent,
    };
  });
}

/** W' or H, and what its sweeps need. */
interface Side {
  /** k x m, k x n. */
  readonly factor: Block;
  /** The same by columns, or a product that becomes `products`. */
  readonly columns: Block;
  /** H X' or W'X. */
  readonly products: Block;
  /** The factor times its transpose. */
  readonly gram: Block;
}

function sideOf(job: Job, start: Matrix): Side {
  const { dtype, rows: k, cols } = start;
  return {
    factor: Block.put(job, start),
    columns: Block.allocate(job, dtype, cols, k),
    products: Block.allocate(job, dtype, k, cols),
    gram: Block.allocate(job, dtype, k, k),
  };
}

/** What the sweep over `to` needs of the other factor: its Gram matrix and its products with X. */
function meet(from: Side, multiply: (X: Block, Y: Block) => void, to: Side): void {
  product(from.factor, from.factor, { to: from.gram, transposeB: true });
  from.factor.transposeTo(from.columns);
  multiply(from.columns, to.columns);
  to.columns.transposeTo(to.products);
}

/**
 * Each line of the factor in turn to its minimum with the others fixed. Returns the sum of the projected
 * gradients, which is 0 at a minimum; the products become these, with the sign changed.
 */
function descend({ factor, products }: Side, gram: Block): number {
  let change = 0;
  for (let t = 0; t < factor.rows; t++) {
    product(gram.lines(t), factor, { to: products.lines(t), scale: -1, add: true });
    const hessian = gram.row(t)[t];
    const [line, downhill] = [factor.row(t), products.row(t)];
    for (let i = 0; i < line.length; i++) {
      const [value, slope] = [line[i], downhill[i]];
      change += value === 0 ? Math.max(0, slope) : Math.abs(slope);
      if (hessian !== 0) line[i] = Math.max(value + slope / hessian, 0);
    }
  }
  return change;
}

/**
 * NNDSVDa, W' and H: of each pair of singular vectors the larger of its positive and its negative part,
 * and `mean` instead of zeros.
 */
function startOf(X: Matrix | SparseMatrix, k: number, seed: number, mean: number): Matrix[] {
  const { U, S, V } = truncatedSvd(X, { rank: k, seed });
  const factors = [U, V].map((vectors) => vectors.transpose());
  for (let t = 0; t < k; t++) {
    const lines = factors.map(({ data, cols }) => data.subarray(t * cols, (t + 1) * cols));
    const norms = (sign: number) => lines.map((line) => partNorm(line, sign));
    const [plus, minus] = [norms(1), norms(-1)];
    const sign = plus[0] * plus[1] >= minus[0] * minus[1] ? 1 : -1;
    lines.forEach((line, side) => {
      // The first pair has one sign, up to rounding.
      const [length, other] =
        t === 0 ? [1, 1] : [side, 1 - side].map((i) => (sign > 0 ? plus : minus)[i]);
      const factor = length > 0 ? Math.sqrt((S[t] * other) / length) : 0;
      line.forEach((x: number, i: number) => {
        line[i] = filled(factor * (t === 0 ? Math.abs(x) : Math.max(sign * x, 0)), mean);
      });
    });
  }
  return factors;
}

/** As scikit-learn: what is smaller counts as zero, and zeros could not grow. */
const filled = (x: number, mean: number) => (x < 1e-6 ? mean : x);

function partNorm(x: FloatArray, sign: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += square(Math.max(sign * x[i], 0));
  return Math.sqrt(sum);
}

/** The sum of the entries, all of which must be finite and >= 0. */
function totalOf(name: string, X: Matrix | SparseMatrix): number {
  const sparse = X instanceof SparseMatrix;
  if (sparse) checkSparse(name, "X", X);
  else checkMatrix(name, "X", X);
  const entries = sparse ? X.values : X.data;
  let total = 0;
  for (let i = 0; i < entries.length; i++) {
    if (entries[i] < 0) {
      throw new RangeError(`${name}: entry ${i} of X is ${entries[i]}: every entry must be >= 0`);
    }
    total += entries[i];
  }
  // NaN or infinity among the entries shows in their sum.
  if (sparse) checkFinite(name, "X.values", new Matrix(1, X.nonzeros, entries));
  else if (!Number.isFinite(total)) checkFinite(name, "X", X);
  return total;
}
