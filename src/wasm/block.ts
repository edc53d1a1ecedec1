// A matrix that lives in a job. It is made once, when something is bound to the job, and passed
// wherever a job, a type, two sizes, a handle and a stride would otherwise be passed one by one.
import type { FloatArray } from "./elements.js";
import type { Job } from "./job.js";
import type { GroupByType, KernelGroup } from "./kernel-group.js";
import {
  type BasicKernels,
  basicKernels,
  type DType,
  type Handle,
  productsKernels,
} from "./kernels.js";

export interface ProductOptions {
  /** Where the product is put. */
  to: Block;
  transposeA?: boolean;
  transposeB?: boolean;
  /** Multiplies the product. @defaultValue 1 */
  scale?: number;
  /** Add the product to what is there. @defaultValue false */
  add?: boolean;
}

/**
 * A row-major matrix in a job's memory. The record never changes; its entries may. What needs rows
 * without gaps between them is not for all parts of a block, only for whole rows of it and parts of
 * one row.
 */
export class Block {
  constructor(
    readonly job: Job,
    readonly dtype: DType,
    readonly rows: number,
    readonly cols: number,
    readonly handle: Handle,
    /** Entries from one row to the next. */
    readonly stride = cols,
  ) {}

  /** Room for a matrix; what it holds is undefined. */
  static allocate(job: Job, dtype: DType, rows: number, cols: number): Block {
    return new Block(job, dtype, rows, cols, job.allocate(dtype, rows * cols));
  }

  static zeros(job: Job, dtype: DType, rows: number, cols: number): Block {
    return new Block(job, dtype, rows, cols, job.allocateZeros(dtype, rows * cols));
  }

  /** A copy of a matrix. */
  static put(job: Job, A: { dtype: DType; rows: number; cols: number; data: FloatArray }): Block {
    return new Block(job, A.dtype, A.rows, A.cols, job.put(A.data));
  }

  /** The basic kernels of its type. */
  get kernels(): BasicKernels {
    return this.job.use(basicKernels)[this.dtype];
  }

  /** The kernels of a group, of its type. */
  use<Single>(group: KernelGroup<Single> | GroupByType<Single>): Single {
    return this.job.use(group)[this.dtype];
  }

  /** Entries. */
  get length(): number {
    return this.rows * this.cols;
  }

  /** The rows x cols part whose first entry is (row, col): the same entries, not a copy. */
  part(row: number, col: number, rows: number, cols: number): Block {
    const handle = this.job.at(this.dtype, this.handle, row * this.stride + col);
    return new Block(this.job, this.dtype, rows, cols, handle, this.stride);
  }

  /** `count` rows from `first` on: a part. */
  lines(first: number, count = 1): Block {
    return this.part(first, 0, count, this.cols);
  }

  /** `count` columns from `first` on: a part. */
  columns(first: number, count = 1): Block {
    return this.part(0, first, this.rows, count);
  }

  /** A copy of it goes to `to`, which has as many rows; the rest of longer rows becomes zero. */
  copyTo(to: Block): void {
    // biome-ignore format: the kernel's arguments belong in pairs
    this.kernels.copyPadded(this.rows, to.cols, this.cols,
      this.handle, this.stride, to.handle, to.stride);
  }

  /** Its transpose goes to `to`, which must not overlap. */
  transposeTo(to: Block): void {
    this.kernels.transpose(this.rows, this.cols, this.handle, this.stride, to.handle, to.stride);
  }

  /** Its transpose, a copy in the job. */
  transposed(): Block {
    const result = Block.allocate(this.job, this.dtype, this.cols, this.rows);
    this.transposeTo(result);
    return result;
  }

  /** Zeros below the diagonal. */
  zeroBelow(): void {
    const { rows, cols, stride } = this;
    const span = spanOf(this);
    for (let i = 1; i < rows; i++) span.fill(0, i * stride, i * stride + Math.min(i, cols));
  }

  /** Zeros above the diagonal. */
  zeroAbove(): void {
    const { rows, cols, stride } = this;
    const span = spanOf(this);
    for (let i = 0; i < Math.min(rows, cols); i++) {
      span.fill(0, i * stride + i + 1, i * stride + cols);
    }
  }

  /** Whether no entry is NaN or infinite. Rows without gaps. */
  isFinite(): boolean {
    return this.kernels.firstNonFinite(this.length, this.handle) < 0;
  }

  /** ‖A‖ in the Frobenius norm. Rows without gaps. */
  norm(): number {
    return this.kernels.nrm2(this.length, this.handle);
  }

  /** ‖A‖² in the Frobenius norm. Rows without gaps. */
  sumOfSquares(): number {
    return this.kernels.sumOfSquares(this.length, this.handle);
  }

  /** The entries of row i themselves: valid until the next allocation. */
  row(i: number): FloatArray {
    const handle = this.job.at(this.dtype, this.handle, i * this.stride);
    return this.job.view(this.dtype, handle, this.cols);
  }

  /** The entries themselves, by rows: valid until the next allocation. Rows without gaps. */
  view(): FloatArray {
    return this.job.view(this.dtype, this.handle, this.length);
  }

  /** A copy of the entries, by rows. Rows without gaps. */
  read(): FloatArray {
    return this.job.read(this.dtype, this.handle, this.length);
  }

  /** Overwrites the entries, by rows. Rows without gaps. */
  write(data: FloatArray): void {
    this.job.write(this.handle, data);
  }
}

/**
 * All from the first entry to the last, with what is between the rows of a part. A private method
 * would mark every block that is made.
 */
function spanOf({ job, dtype, rows, cols, handle, stride }: Block): FloatArray {
  return job.view(dtype, handle, rows * cols === 0 ? 0 : (rows - 1) * stride + cols);
}

/** `to` = scale op(A) op(B), or that added to it, op being the transpose where it is asked for. */
export function product(A: Block, B: Block, options: ProductOptions): void {
  const { to, transposeA = false, transposeB = false, scale = 1, add = false } = options;
  // biome-ignore format: gemm's arguments belong in pairs
  A.use(productsKernels).gemm(transposeA ? 1 : 0, transposeB ? 1 : 0,
    to.rows, to.cols, transposeA ? A.rows : A.cols, scale,
    A.handle, A.stride, B.handle, B.stride, add ? 1 : 0, to.handle, to.stride);
}
