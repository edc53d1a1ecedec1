// What the iterative decompositions need of a matrix: its products with a block of vectors, inside
// of a job, whether it is dense, sparse or only known by its products.

import { describe, invalidValue } from "../../check/describe.js";
import { checkDType, checkSize } from "../../check/values.js";
import {
  Block,
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  product,
  type SparseKernels,
  sparseKernels,
} from "../../wasm/index.js";
import { checkFinite, checkMatrix } from "../check.js";
import { Matrix, readMatrix } from "../matrix.js";
import { checkSparse, SparseMatrix } from "../sparse-matrix.js";
import { scaleByPowerOfTwo, scaleToSafeRange, sumOfSquaresInSafeRange } from "./scaling.js";

/** A matrix that is known by its products, `rows` x `cols`. */
export interface LinearOperator {
  readonly rows: number;
  readonly cols: number;
  /** A X for X of `cols` rows. */
  multiply(X: Matrix): Matrix;
  /** A' X for X of `rows` rows. */
  multiplyTransposed(X: Matrix): Matrix;
}

/** A matrix in a job. Vectors are the columns of blocks: X is cols x k, Y is rows x k. */
export interface BlockOperator {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: DType;
  /**
   * It stands for A times 2^exponent: entries at the ends of the range are scaled to its middle.
   */
  readonly exponent: number;
  /** The sum of the squares of its entries, so scaled; unknown where only products are known. */
  readonly energy: number | undefined;
  /** Y <- A X. */
  multiply(X: Block, Y: Block): void;
  /** X <- A' Y. */
  multiplyTransposed(Y: Block, X: Block): void;
  /** Products with some of the rows; undefined where they cost as much as those with all. */
  readonly someRows?: {
    /** Y <- rows of A X from `first` on, as many as Y has. */
    multiply(first: number, X: Block, Y: Block): void;
    /** X <- X + B' Y for B the rows of A from `first` on, as many as Y has. */
    addTransposed(first: number, Y: Block, X: Block): void;
  };
}

/**
 * Copies A into the job once; an operator stays outside and its blocks travel.
 *
 * @param dtype - the type to compute in, for operators (f64 unless given); a matrix has its own.
 * @throws TypeError when A is not one of the three, or a matrix of another type than `dtype`;
 * RangeError when an entry is not finite.
 */
export function operatorInJob(
  job: Job,
  name: string,
  A: Matrix | SparseMatrix | LinearOperator,
  dtype?: DType,
): BlockOperator {
  if (dtype !== undefined) checkDType(name, "dtype", dtype);
  if (A instanceof Matrix) checkMatrix(name, "A", A);
  if (A instanceof SparseMatrix) checkSparse(name, "A", A);
  if (A instanceof Matrix || A instanceof SparseMatrix) {
    if (dtype !== undefined && dtype !== A.dtype) {
      throw new TypeError(
        `${name}: A is ${A.dtype} and dtype is ${dtype}: dtype is for operators, ` +
          "a matrix has its own (use astype)",
      );
    }
    if (A instanceof SparseMatrix) return sparseOperator(job, name, A);
    return denseOperator(job, name, A);
  }
  if (typeof A?.multiply !== "function" || typeof A.multiplyTransposed !== "function") {
    const wanted = "a Matrix, a SparseMatrix or { rows, cols, multiply, multiplyTransposed }";
    throw invalidValue(name, "A", A, wanted, TypeError);
  }
  checkSize(name, "A.rows", A.rows);
  checkSize(name, "A.cols", A.cols);
  return outsideOperator(name, A, dtype ?? "f64");
}

/** The operator of A - 1 row': what is taken off each row of A. Nothing is densified. */
export function lessRow(job: Job, A: BlockOperator, row: FloatArray): BlockOperator {
  const { rows, cols, dtype, exponent } = A;
  const ones = Block.allocate(job, dtype, rows, 1);
  ones.view().fill(1);
  const off = Block.put(job, new Matrix(1, cols, row));
  scaleByPowerOfTwo(off, exponent);
  /** Work within the job's level. */
  const passing = (k: number, work: (small: Block) => void) => {
    const mark = job.mark();
    work(Block.allocate(job, dtype, 1, k));
    job.release(mark);
  };
  return {
    ...{ rows, cols, dtype, exponent, energy: undefined },
    multiply(X, Y) {
      A.multiply(X, Y);
      passing(X.cols, (shift) => {
        product(off, X, { to: shift });
        product(ones, shift, { to: Y, scale: -1, add: true });
      });
    },
    multiplyTransposed(Y, X) {
      A.multiplyTransposed(Y, X);
      passing(Y.cols, (totals) => {
        product(ones, Y, { to: totals, transposeA: true });
        product(off, totals, { to: X, transposeA: true, scale: -1, add: true });
      });
    },
  };
}

/** Brings entries to the safe range and sums their squares; mostly one pass does for both. */
function scaledEntries(x: Block) {
  const energy = x.sumOfSquares();
  if (sumOfSquaresInSafeRange(x.dtype, x.length, energy)) return { exponent: 0, energy };
  const exponent = scaleToSafeRange(x);
  return { exponent, energy: exponent === 0 ? energy : x.sumOfSquares() };
}

function denseOperator(job: Job, name: string, A: Matrix): BlockOperator {
  const { rows, cols, dtype } = A;
  const a = Block.put(job, A);
  const scaled = scaledEntries(a);
  // NaN or infinity among the entries shows in their sum: only then they are looked through.
  if (!Number.isFinite(scaled.energy)) checkFinite(name, "A", A);
  return {
    ...{ rows, cols, dtype, ...scaled },
    multiply: (X, Y) => product(a, X, { to: Y }),
    multiplyTransposed: (Y, X) => product(a, Y, { to: X, transposeA: true }),
    someRows: {
      multiply: (first, X, Y) => product(a.lines(first, Y.rows), X, { to: Y }),
      addTransposed: (first, Y, X) =>
        product(a.lines(first, Y.rows), Y, { to: X, transposeA: true, add: true }),
    },
  };
}

function sparseOperator(job: Job, name: string, A: SparseMatrix): BlockOperator {
  const { rows, cols } = A;
  const entries = new Matrix(1, A.nonzeros, A.values);
  const values = Block.put(job, entries);
  const [rowStart, colIndices] = [job.put(A.rowStart), job.put(A.colIndices)];
  const columns = A.byColumns();
  const [start, rowIndices] = [job.put(columns.start), job.put(columns.rowIndices)];
  const position = job.put(columns.position);
  const operator = indexedOperator(
    { rows, cols, values, rowStart, colIndices, start, rowIndices, position },
    values.use(sparseKernels),
  );
  if (!Number.isFinite(operator.energy)) checkFinite(name, "A.values", entries);
  return operator;
}

/** A sparse matrix in a job, with its index by rows and that by columns: see `ColumnIndex`. */
export interface IndexedBlock {
  readonly rows: number;
  readonly cols: number;
  /** One row. */
  readonly values: Block;
  readonly rowStart: Handle;
  readonly colIndices: Handle;
  readonly start: Handle;
  readonly rowIndices: Handle;
  readonly position: Handle;
}

/** Lines of a product: `count` from `first` on. */
interface Lines {
  readonly first: number;
  readonly count: number;
}

/**
 * The operator of a matrix that is in the job already; its values may be brought to the safe range.
 *
 * @param kernels - those of its type.
 * @param own - the lines of products that are computed; the others stay as they are.
 */
export function indexedOperator(
  A: IndexedBlock,
  { sparseTimesDense, sparseTimesDenseVia }: SparseKernels,
  own: { readonly rows: Lines; readonly cols: Lines } = {
    rows: { first: 0, count: A.rows },
    cols: { first: 0, count: A.cols },
  },
): BlockOperator & { readonly energy: number } {
  const { rows, cols, rowStart, colIndices, start, rowIndices, position } = A;
  const { dtype, handle: values } = A.values;
  const at = (starts: Handle, { first }: Lines) => A.values.job.at("i32", starts, first);
  return {
    ...{ rows, cols, dtype, ...scaledEntries(A.values) },
    multiply(X, Y) {
      const to = Y.lines(own.rows.first).handle;
      // biome-ignore format: the kernel's arguments belong in groups
      sparseTimesDense(
        own.rows.count, X.cols, at(rowStart, own.rows), colIndices, values, X.handle, to, 0,
      );
    },
    multiplyTransposed(Y, X) {
      const to = X.lines(own.cols.first).handle;
      // biome-ignore format: the kernel's arguments belong in groups
      sparseTimesDenseVia(
        own.cols.count, Y.cols, at(start, own.cols), rowIndices, position, values, Y.handle, to, 0,
      );
    },
  };
}

function outsideOperator(name: string, A: LinearOperator, dtype: DType): BlockOperator {
  const { rows, cols } = A;
  function apply(method: "multiply" | "multiplyTransposed", from: Block, to: Block): void {
    const Y = A[method](readMatrix(from));
    if (!(Y instanceof Matrix && Y.rows === to.rows && Y.cols === to.cols && Y.dtype === dtype)) {
      const given = Y instanceof Matrix ? `${Y.rows} x ${Y.cols} ${Y.dtype}` : describe(Y);
      throw new TypeError(
        `${name}: A.${method} returned ${given}: it must be a Matrix, ` +
          `${to.rows} x ${to.cols} ${dtype}`,
      );
    }
    checkFinite(name, `A.${method}(X)`, Y);
    to.write(Y.data);
  }
  return {
    ...{ rows, cols, dtype, exponent: 0, energy: undefined },
    multiply: (X, Y) => apply("multiply", X, Y),
    multiplyTransposed: (Y, X) => apply("multiplyTransposed", Y, X),
  };
}
