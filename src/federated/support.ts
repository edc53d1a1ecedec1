import {
  Block,
  basicKernels,
  type Flag,
  type Handle,
  type Job,
  signWordsKernels,
  systemsKernels,
} from "../wasm/index.js";
import type { FoundColumn, IndexCode } from "./index-code.js";

/** Squared sine of the angle to what is accepted, below which a column says nothing new. */
const leastNews = 1e-8;

/**
 * The entries that are found so far and their values by least squares on all of them, while columns
 * come. Columns are rows of signs of length 1: their products are exact integers over the number of
 * measurements, and nothing but signs is kept of them.
 */
export class Support {
  readonly indices: number[] = [];
  readonly values: Float64Array;
  readonly #known = new Set<number>();
  readonly #scale: number;
  readonly #columnWords: number;
  readonly #columns: Handle;
  /** L of the products' Cholesky factorization L L', grown by rows. */
  readonly #factor: Block;
  readonly #products: Handle;
  readonly #change: Handle;
  readonly #work: Handle;

  /**
   * @param residual - spreading x codeLength: the received signal, from which what is found is taken.
   * @param capacity - columns at most, not more than there are measurements.
   */
  constructor(
    readonly job: Job,
    readonly code: IndexCode,
    readonly residual: Block,
    readonly capacity: number,
  ) {
    this.values = new Float64Array(capacity);
    this.#scale = 1 / Math.sqrt(code.measurements);
    this.#columnWords = code.sequences.words;
    this.#columns = job.allocate("i32", this.#columnWords * capacity);
    this.#factor = Block.allocate(job, "f64", capacity, capacity);
    this.#products = job.allocate("f64", capacity);
    this.#change = job.allocate("f64", capacity);
    this.#work = job.allocateBytes(job.use(systemsKernels).f64.triangularWorkspace());
  }

  get size(): number {
    return this.indices.length;
  }

  /** Accepts the columns that are new, then fits all values and leaves the new residual. */
  accept(found: readonly FoundColumn[]): void {
    const before = this.size;
    const correlations = found.filter((column) => this.#append(column)).map((c) => c.correlation);
    if (this.size > before) this.#fit(before, correlations);
  }

  /** One more column and its row of L, unless the others explain it. */
  #append({ index }: FoundColumn): boolean {
    const { job, code, size: n } = this;
    if (n === this.capacity || this.#known.has(index)) return false;
    const column = job.at("i32", this.#columns, n * this.#columnWords);
    code.writeColumn(job, index, column);
    job
      .use(signWordsKernels)
      .f64.signDistances(n, this.#columnWords, this.#columns, column, this.#products);
    const row = this.#factor.row(n);
    const distances = job.view("f64", this.#products, n);
    for (let i = 0; i < n; i++) row[i] = 1 - (2 * distances[i]) / code.measurements;
    const { handle } = this.#factor.lines(n);
    this.#solve(1, handle);
    const explained = job.use(basicKernels).f64.sumOfSquares(n, handle);
    if (!(1 - explained > leastNews)) return false;
    this.#factor.row(n)[n] = Math.sqrt(1 - explained);
    this.indices.push(index);
    this.#known.add(index);
    return true;
  }

  /**
   * The residual is orthogonal to the columns before: only the new ones have products with it, and
   * least squares on it give what all the values change by.
   */
  #fit(before: number, correlations: readonly number[]): void {
    const { job, size: n } = this;
    const change = job.view("f64", this.#change, n);
    change.fill(0, 0, before);
    change.set(correlations, before);
    this.#solve(1, this.#change);
    this.#solve(0, this.#change);
    const amounts = job.read("f64", this.#change, n);
    for (let i = 0; i < n; i++) {
      this.values[i] += amounts[i];
      const column = job.at("i32", this.#columns, i * this.#columnWords);
      const amount = -amounts[i] * this.#scale;
      job
        .use(signWordsKernels)
        .f64.addSigned(this.residual.length, amount, column, this.residual.handle);
    }
  }

  /** x <- x times the inverse of L' (`transpose`) or of L, x a row. */
  #solve(transpose: Flag, x: Handle): void {
    const { handle, stride } = this.#factor;
    const n = this.size;
    this.job
      .use(systemsKernels)
      .f64.solveTriangular(1, transpose, 0, 1, n, handle, stride, x, n, this.#work);
  }
}
