// Frozen matrices in fewer bits than they are computed with. Only what a product needs is expanded,
// for as long as it needs it.
import { invalidValue } from "../check/describe.js";
import {
  type Block,
  basicKernels,
  type DType,
  type FloatArray,
  type Handle,
  type Job,
  networksKernels,
} from "../wasm/index.js";

/**
 * How frozen linear weights and word embeddings are held:
 * `"full"`, in the type of the computation, linear weights twice, the second time packed for the
 * kernels; `"f16"`, as halves, a relative error up to 2^-11; `"int8"`, as bytes with a scale for each
 * row, an error up to 1/254 of the row's largest entry.
 */
export type WeightStorage = "full" | "f16" | "int8";

const weightStorages: readonly WeightStorage[] = ["full", "f16", "int8"];

/** @throws TypeError for anything else. */
export function checkWeightStorage(name: string, what: string, storage: WeightStorage): void {
  if (weightStorages.includes(storage)) return;
  const known = weightStorages.map((one) => `"${one}"`).join(", ");
  throw invalidValue(name, what, storage, `one of ${known}`, TypeError);
}

/** A matrix that can be expanded but not changed. */
export interface StoredMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly storage: "f16" | "int8";
  /** Writes all rows, in the type of the computation. */
  expand(to: Block): void;
  /** Writes the rows of an index (i32, in range), as many as `to` has. */
  expandRows(index: Handle, to: Block): void;
}

/** Above it a half is infinity. */
const largestHalf = 65504;
/** Entries that are stored at a time, so that the memory never holds a whole table in full. */
const blockLength = 2 ** 16;

function checkHalves(name: string, largest: number): void {
  if (largest <= largestHalf) return;
  throw new RangeError(
    `${name}: its largest entry is ${largest}: halves end at ${largestHalf}: store the weights ` +
      'as "int8" or "full"',
  );
}

/**
 * Stores a matrix, row-major, on the job's stack.
 * @throws RangeError when an entry is too large for a half.
 */
export function storeMatrix(
  job: Job,
  dtype: DType,
  name: string,
  rows: number,
  cols: number,
  data: FloatArray,
  storage: "f16" | "int8",
): StoredMatrix {
  const kernels = job.use(networksKernels)[dtype];
  const bytes = storage === "int8" ? 1 : 2;
  const scales = storage === "int8" ? job.allocate("f32", rows) : undefined;
  const stored = job.allocateBytes(bytes * rows * cols);
  const mark = job.mark();
  // Of whole words, by which the job counts.
  const block = 4 * Math.ceil(blockLength / (4 * cols));
  const full = job.allocate(dtype, Math.min(block, rows) * cols);
  for (let row = 0; row < rows; row += block) {
    const count = Math.min(block, rows - row);
    const length = count * cols;
    job.view(dtype, full, length).set(data.subarray(row * cols, row * cols + length));
    const to = job.at("i32", stored, (bytes * row * cols) / 4);
    if (scales === undefined) {
      checkHalves(name, job.use(basicKernels)[dtype].amax(length, full));
      kernels.storeHalves(length, full, to);
    } else {
      kernels.storeBytes(count, cols, full, job.at("f32", scales, row), to);
    }
  }
  job.release(mark);
  const expandRows = (index: Handle | 0, to: Block) =>
    scales === undefined
      ? kernels.expandHalves(to.rows, cols, index, stored, to.handle)
      : kernels.expandBytes(to.rows, cols, index, scales, stored, to.handle);
  return { rows, cols, storage, expandRows, expand: (to) => expandRows(0, to) };
}
