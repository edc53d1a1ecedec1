import { boolean, seed as checkSeed, integer, upTo } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkFinite, checkMatrix } from "../linalg/check.js";
import { innerProduct } from "../linalg/diagonal.js";
import { square } from "../linalg/elementary.js";
import { Matrix, readMatrix } from "../linalg/matrix.js";
import { slice } from "../linalg/slices.js";
import { checkSparse, SparseMatrix } from "../linalg/sparse-matrix.js";
import { meansOf, variancesOf } from "../linalg/statistics.js";
import { svd } from "../linalg/svd.js";
import { truncatedSvd } from "../linalg/truncated-svd.js";
import { Block, type DType, type FloatArray, product, withSharedJob } from "../wasm/index.js";
import {
  checkChoice,
  checkTotal,
  Pca,
  smallestCount,
  squaredLengths,
} from "./principal-components.js";
import { type ColumnScaling, deviationOf, inType, scaledSparse, takeNearMeans } from "./rows.js";
import { Scatter } from "./scatter.js";

export interface PcaOptions {
  /** Components to keep, 1 .. min(m, n). Either this or `variance`. @defaultValue min(m, n) */
  components?: number;
  /** Share of the variance that the components must explain, in (0, 1]: their number follows. */
  variance?: number;
  /** `transform` makes the variance of each component 1. @defaultValue false */
  whiten?: boolean;
  /** Take the means of the columns off. @defaultValue true */
  center?: boolean;
  /** Divide the columns by their standard deviations, constant ones by 1. @defaultValue false */
  scale?: boolean;
  /** Seed of the random start, where the leading components are iterated. @defaultValue 0 */
  seed?: number;
}

/** Made when asked for: what is computed at this place would be bundled by everybody. */
const checks = (): OptionChecks<PcaOptions> => ({
  components: integer(1),
  variance: upTo(1),
  whiten: boolean,
  center: boolean,
  scale: boolean,
  seed: checkSeed,
});

/** So many times more rows than columns: the columns' scatter is small, and cheap to decompose. */
const manyRows = 10;
/** Components of a sparse matrix that are computed at first where a share of variance is asked for. */
const firstComponents = 16;

/**
 * Principal component analysis: the orthogonal directions along which the rows of X vary most.
 *
 * Of matrices with ten times as many rows as columns the eigenvectors of the scatter matrix (mn²
 * operations, in f64 beyond chunks of rows); of others the SVD of the centred matrix, or where few
 * components are asked for its leading triplets by block Lanczos, to a residual of 1e-10 (f32 1e-5).
 * All are exact but for rounding; components whose variance is below eps times the largest are
 * arbitrary. A sparse matrix is centred implicitly and never densified.
 *
 * Signs: the entry of largest magnitude in each component is positive, among equals the first.
 * `StreamingPca` is for rows that come in blocks, `svd` for a decomposition without statistics.
 *
 * @param X - m x n, one sample per row, dense or sparse; m at least 2. Left unchanged.
 * @throws RangeError when there are fewer than two rows or no columns, an entry is not finite, the
 * variance overflows the type, or an option is out of range; TypeError when X is not a matrix, both
 * `components` and `variance` are given, or an option is unknown.
 * @example
 * ```ts
 * const X = Matrix.from([[1, 1], [2, 2], [3, 3], [4, 4.5]]);
 * const model = pca(X, { components: 1 });
 * model.explainedVarianceRatio[0]; // 0.9972
 * model.transform(X).cols; // 1
 * ```
 */
export function pca(X: Matrix | SparseMatrix, options: PcaOptions = {}): Pca {
  return fitPca("pca", X, options);
}

/** The same for the function of that name. @internal */
export function fitPca(name: string, X: Matrix | SparseMatrix, options: PcaOptions): Pca {
  const read = checkedOptions<PcaOptions>(name, options, checks());
  const { components, variance, whiten = false, center = true, scale = false, seed = 0 } = read;
  checkChoice(name, components, variance);
  checkSamples(name, X);
  const most = Math.min(X.rows, X.cols);
  if (components !== undefined) integer(1, most)(name, "components", components);

  if (X instanceof Matrix && isTall(X)) {
    const scatter = new Scatter(X.cols);
    scatter.add(X);
    // NaN or infinity among the entries shows in their squares: only then they are looked through.
    if (!Number.isFinite(scatter.total)) checkFinite(name, "X", X);
    return scatter.pca(name, X.dtype, read);
  }
  const count = variance === undefined ? (components ?? most) : undefined;
  const { scaling, vectors, scatters, total } =
    X instanceof SparseMatrix
      ? ofSparse(name, X, { center, scale }, count, variance ?? 1, seed)
      : ofDense(name, X, { center, scale }, count, seed);
  const kept = count ?? smallestCount(scatters, (variance ?? 1) * total);
  return new Pca({
    ...{ ...scaling, rows: X.rows, total, whiten },
    scatters: scatters.slice(0, kept),
    components: slice(vectors, { rows: [0, kept] }),
  });
}

/** Whether the scatter matrix decides, for which rows are read once and in order. */
export const isTall = ({ rows, cols }: { rows: number; cols: number }) => rows >= manyRows * cols;

/**
 * `pca` of a tall matrix of which the scatter is known, to the same bits.
 *
 * @param options - as they were checked for its size.
 */
export const pcaOfScatter = (scatter: Scatter, dtype: DType, options: PcaOptions): Pca =>
  scatter.pca("pca", dtype, checkedOptions<PcaOptions>("pca", options, checks()));

/** Two rows or more, a column or more. */
function checkSamples(name: string, X: Matrix | SparseMatrix): void {
  if (X instanceof SparseMatrix) checkSparse(name, "X", X);
  else checkMatrix(name, "X", X);
  if (X.rows >= 2 && X.cols >= 1) return;
  throw new RangeError(
    `${name}: X is ${X.rows} x ${X.cols}: it must have two rows or more, and a column or more`,
  );
}

/** Right singular vectors, one per row, and the squares of the singular values. */
interface Directions {
  readonly scaling: ColumnScaling;
  readonly vectors: Matrix;
  readonly scatters: Float64Array;
  /** The sum of all squares, of those singular values too that are not here. */
  readonly total: number;
}

/** What of the columns is taken off and divided by. */
interface Wanted {
  readonly center: boolean;
  readonly scale: boolean;
}

function ofDense(
  name: string,
  X: Matrix,
  { center, scale }: Wanted,
  count: number | undefined,
  seed: number,
): Directions {
  const { centered, means, total } = withSharedJob((job) => {
    const x = Block.put(job, X);
    const { means, left, ones } = takeNearMeans(x);
    if (center) product(ones, left, { to: x, scale: -1, add: true });
    else x.write(X.data);
    return { centered: readMatrix(x), means, total: x.sumOfSquares() };
  });
  // NaN or infinity among the entries shows in their squares: only then they are looked through.
  if (!Number.isFinite(total)) checkFinite(name, "X", X);
  const scaling = scalingOf(name, X, means, { center, scale });
  if (scale) {
    const { data, cols } = centered;
    for (let place = 0; place < data.length; place++) data[place] /= scaling.scales[place % cols];
  }
  const scaledTotal = scale ? innerProduct(centered, centered) : total;
  checkTotal(name, scaledTotal, X.dtype);
  const found = count === undefined ? svd(centered) : truncatedSvd(centered, { rank: count, seed });
  return ofTriplets(found, scaledTotal, scaling);
}

function scalingOf(
  name: string,
  X: Matrix | SparseMatrix,
  exact: Float64Array,
  { center, scale }: Wanted,
): ColumnScaling {
  const scales = scale
    ? variancesOf(name, X, exact, "columns", 0).map((variance, j) =>
        deviationOf(variance, exact[j], X.dtype),
      )
    : new Float64Array(X.cols).fill(1);
  const means = inType(X.dtype, center ? exact : new Float64Array(X.cols));
  return { means, scales: inType(X.dtype, scales) };
}

const ofTriplets = (
  { S, V }: { S: FloatArray; V: Matrix },
  total: number,
  scaling: ColumnScaling,
): Directions => ({
  ...{ vectors: V.transpose(), total, scaling },
  scatters: Float64Array.from(S, square),
});

/** As many as are asked for, or twice as many until they reach the share of the variance. */
function ofSparse(
  name: string,
  X: SparseMatrix,
  wanted: Wanted,
  count: number | undefined,
  share: number,
  seed: number,
): Directions {
  checkFinite(name, "X.values", new Matrix(1, X.nonzeros, X.values));
  const { center: centered, scale } = wanted;
  const exact = centered || scale ? meansOf(name, X, "columns") : new Float64Array(X.cols);
  const scaling = scalingOf(name, X, exact, wanted);
  const { scaled, center } = scaledSparse(X, scaling);
  const total = squaredLengths(X, scaling).reduce((sum, length) => sum + length, 0);
  checkTotal(name, total, X.dtype);
  const most = Math.min(X.rows, X.cols);
  for (let rank = count ?? Math.min(firstComponents, most); ; rank = Math.min(2 * rank, most)) {
    const found = truncatedSvd(scaled, { rank, seed, ...(centered && { center }) });
    const directions = ofTriplets(found, total, scaling);
    const enough = rank === most || reaches(directions.scatters, share * total);
    if (count !== undefined || enough) return directions;
  }
}

const reaches = (scatters: Float64Array, wanted: number) =>
  scatters.reduce((sum, scatter) => sum + scatter, 0) >= wanted;
