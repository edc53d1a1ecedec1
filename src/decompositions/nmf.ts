import { seed as checkSeed, integer, nonNegative } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkFinite } from "../linalg/check.js";
import { innerProduct } from "../linalg/diagonal.js";
import { dominantSubspace } from "../linalg/dominant-subspace.js";
import { square } from "../linalg/elementary.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { checkSparse, SparseMatrix } from "../linalg/sparse-matrix.js";
import { truncatedSvd } from "../linalg/truncated-svd.js";

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
  checkEntries(name, X);
  integer(1, Math.min(X.rows, X.cols))(name, "components", components);
  const { W, H } = startOf(X, components, seed);
  const Ht = H.transpose();
  let [first, iterations] = [0, 0];
  while (iterations < maxIterations) {
    iterations++;
    const change = sweep(W, gram(Ht), timesOf(X, Ht)) + sweep(Ht, gram(W), transposedTimes(X, W));
    if (iterations === 1) first = change;
    if (first === 0 || change <= tolerance * first) break;
  }
  // ‖X‖² - 2 <X, W H> + <W'W, H H'>: nothing of the size of X is made.
  const crossed = innerProduct(timesOf(X, Ht), W);
  const square = energyOf(X) - 2 * crossed + innerProduct(gram(W), gram(Ht));
  return { W, H: Ht.transpose(), error: Math.sqrt(Math.max(square, 0)), iterations };
}

const gram = (A: Matrix) => matmul(A, A, { transposeA: true });

const timesOf = (X: Matrix | SparseMatrix, A: Matrix) =>
  X instanceof SparseMatrix ? X.multiply(A) : matmul(X, A);

const transposedTimes = (X: Matrix | SparseMatrix, A: Matrix) =>
  X instanceof SparseMatrix ? X.multiplyTransposed(A) : matmul(X, A, { transposeA: true });

const entriesOf = (X: Matrix | SparseMatrix) => (X instanceof SparseMatrix ? X.values : X.data);

function energyOf(X: Matrix | SparseMatrix): number {
  let sum = 0;
  for (const x of entriesOf(X)) sum += x * x;
  return sum;
}

/**
 * Each column of F in turn to its minimum with the others fixed, for min ‖X - F G'‖: `grams` is G'G and
 * `products` X G. Returns the sum of the projected gradients, which is 0 at a minimum.
 */
function sweep(F: Matrix, grams: Matrix, products: Matrix): number {
  const { rows, cols: k, data } = F;
  let change = 0;
  for (let t = 0; t < k; t++) {
    const hessian = grams.data[t * k + t];
    for (let i = 0; i < rows; i++) {
      let gradient = -products.data[i * k + t];
      for (let r = 0; r < k; r++) gradient += grams.data[t * k + r] * data[i * k + r];
      const value = data[i * k + t];
      change += Math.abs(value === 0 ? Math.min(0, gradient) : gradient);
      if (hessian !== 0) data[i * k + t] = Math.max(value - gradient / hessian, 0);
    }
  }
  return change;
}

/** NNDSVDa: of each pair of singular vectors the larger of its positive and its negative part. */
function startOf(X: Matrix | SparseMatrix, k: number, seed: number): { W: Matrix; H: Matrix } {
  const { U, S, V } =
    X instanceof SparseMatrix
      ? dominantSubspace(X, { rank: k, seed })
      : truncatedSvd(X, { rank: k, seed });
  const { rows, cols, dtype } = X;
  let total = 0;
  for (const x of entriesOf(X)) total += x;
  const mean = total / (rows * cols);
  const W = Matrix.zeros(rows, k, { dtype });
  const H = Matrix.zeros(k, cols, { dtype });
  for (let t = 0; t < k; t++) {
    const [u, v] = [U.column(t), V.column(t)];
    // The first pair has one sign, up to rounding.
    const parts = [1, -1].map((sign) => ({
      sign,
      left: partNorm(u, sign),
      right: partNorm(v, sign),
    }));
    const whole = t === 0;
    const [plus, minus] = parts;
    const best = plus.left * plus.right >= minus.left * minus.right ? plus : minus;
    const factor = whole ? Math.sqrt(S[0]) : Math.sqrt(S[t] * best.left * best.right);
    const entry = (x: number, length: number) =>
      whole
        ? factor * Math.abs(x)
        : length > 0
          ? (factor * Math.max(best.sign * x, 0)) / length
          : 0;
    for (let i = 0; i < rows; i++) W.data[i * k + t] = filled(entry(u[i], best.left), mean);
    for (let j = 0; j < cols; j++) H.data[t * cols + j] = filled(entry(v[j], best.right), mean);
  }
  return { W, H };
}

/** As scikit-learn: what is smaller counts as zero, and zeros could not grow. */
const filled = (x: number, mean: number) => (x < 1e-6 ? mean : x);

function partNorm(x: ArrayLike<number>, sign: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += square(Math.max(sign * x[i], 0));
  return Math.sqrt(sum);
}

function checkEntries(name: string, X: Matrix | SparseMatrix): void {
  if (X instanceof SparseMatrix) {
    checkSparse(name, "X", X);
    checkFinite(name, "X.values", new Matrix(1, X.nonzeros, X.values));
  } else {
    checkFinite(name, "X", X);
  }
  const bad = entriesOf(X).findIndex((x: number) => x < 0);
  if (bad < 0) return;
  throw new RangeError(
    `${name}: entry ${bad} of X is ${entriesOf(X)[bad]}: every entry must be >= 0`,
  );
}
