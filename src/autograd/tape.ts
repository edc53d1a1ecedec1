// Reverse-mode differentiation on a tape. An operation computes its value at once, in the job's
// memory, and leaves its adjoint on the tape: the function that turns the gradient with respect to
// its output into gradients with respect to its inputs. `backward` plays the tape from the end.
// Everything is on the job's stack: `release` drops values and gradients together, so that a
// training step takes the same memory again and allocates nothing new.
import type { DType, Handle, Job, Kernels, Mark } from "../wasm/index.js";

/** A matrix in a job's memory, row-major. */
export interface Tensor {
  readonly rows: number;
  readonly cols: number;
  readonly value: Handle;
  /** Whether it depends on something that is trained: only then it gets a gradient. */
  readonly needsGradient: boolean;
  /** Of the loss with respect to this tensor; undefined until an adjoint has contributed. */
  gradient: Handle | undefined;
}

/** Values that nothing trains. */
export function constant(rows: number, cols: number, value: Handle): Tensor {
  return { rows, cols, value, needsGradient: false, gradient: undefined };
}

/** Values that are trained: their gradient has a place of its own, which outlives the steps. */
export function parameter(
  job: Job,
  dtype: DType,
  rows: number,
  cols: number,
  value: Handle,
): Tensor {
  const gradient = job.allocateZeros(dtype, rows * cols);
  return { rows, cols, value, needsGradient: true, gradient };
}

export class Tape {
  readonly job: Job;
  readonly dtype: DType;
  readonly kernels: Kernels;
  /** Whether adjoints are kept. */
  readonly recording: boolean;
  readonly #start: Mark;
  readonly #adjoints: { output: Tensor; run: (dy: Handle) => void }[] = [];
  /** Gradients that have done their work, by length: room for those to come. */
  readonly #spare = new Map<number, Handle[]>();

  /** @param recording - false to compute values only, as inference does. */
  constructor(job: Job, dtype: DType, { recording = true } = {}) {
    this.job = job;
    this.dtype = dtype;
    this.kernels = job.kernels(dtype);
    this.recording = recording;
    this.#start = job.mark();
  }

  /**
   * Room for what an operation makes of its inputs; what it holds is undefined.
   * @param asked - whether the gradient is wanted even if no input needs one.
   */
  result(
    rows: number,
    cols: number,
    inputs: readonly (Tensor | undefined)[],
    asked = false,
  ): Tensor {
    return {
      ...{ rows, cols, value: this.job.allocate(this.dtype, rows * cols) },
      needsGradient: this.recording && (asked || inputs.some((input) => input?.needsGradient)),
      gradient: undefined,
    };
  }

  /** Leaves the adjoint of the operation that made `output`, if anything before it is trained. */
  record(output: Tensor, run: (dy: Handle) => void): Tensor {
    if (output.needsGradient) this.#adjoints.push({ output, run });
    return output;
  }

  /**
   * For adjoints: the gradient of x, to be written where `beta` is 0 and added to where it is 1.
   * May allocate: to be called before an adjoint takes work space of its own.
   */
  accumulate(x: Tensor): { dx: Handle; beta: 0 | 1 } {
    if (x.gradient !== undefined) return { dx: x.gradient, beta: 1 };
    const length = x.rows * x.cols;
    const dx = this.#spare.get(length)?.pop() ?? this.job.allocate(this.dtype, length);
    x.gradient = dx;
    return { dx, beta: 0 };
  }

  /** As `accumulate`, for adjoints whose kernel adds to what is there. */
  accumulateInto(x: Tensor): Handle {
    const { dx, beta } = this.accumulate(x);
    if (beta === 0) this.job.view(this.dtype, dx, x.rows * x.cols).fill(0);
    return dx;
  }

  /** For adjoints whose kernel overwrites: adds what `compute` writes to the gradient of x. */
  contribute(x: Tensor, compute: (dx: Handle) => void): void {
    if (!x.needsGradient) return;
    const { dx, beta } = this.accumulate(x);
    if (beta === 0) {
      compute(dx);
      return;
    }
    this.work(x.rows * x.cols, (term) => {
      compute(term);
      this.kernels.axpy(x.rows * x.cols, 1, term, dx);
    });
  }

  /** Work space for the duration of `compute`, in which no gradient may be allocated. */
  work(length: number, compute: (space: Handle) => void): void {
    const mark = this.job.mark();
    compute(this.job.allocate(this.dtype, length));
    this.job.release(mark);
  }

  /** Plays the adjoints from the last to the first; a loss has given its input's gradient. */
  backward(): void {
    for (let entry = this.#adjoints.pop(); entry; entry = this.#adjoints.pop()) {
      const { output, run } = entry;
      // Nothing asked for it.
      if (output.gradient === undefined) continue;
      run(output.gradient);
      const length = output.rows * output.cols;
      const spare = this.#spare.get(length);
      if (spare) spare.push(output.gradient);
      else this.#spare.set(length, [output.gradient]);
      output.gradient = undefined;
    }
  }

  /** Drops all that was computed since the tape was made; gradients of parameters stay. */
  release(): void {
    this.#adjoints.length = 0;
    this.#spare.clear();
    this.job.release(this.#start);
  }
}

/** What `use` computes on a tape, which is released also when it throws: the job lives on. */
export function withTape<T>(
  job: Job,
  dtype: DType,
  use: (tape: Tape) => T,
  options?: { recording?: boolean },
): T {
  const tape = new Tape(job, dtype, options);
  try {
    return use(tape);
  } finally {
    tape.release();
  }
}

/**
 * y = compute(x), of which only y is kept: the adjoint computes once more what is between. So a
 * deep network needs the memory of one part of it at a time, for a second pass forward. `compute`
 * must give the same values again. Where nothing is recorded, this frees all but y.
 *
 * @param trains - whether `compute` uses trained tensors besides x.
 */
export function recompute(
  tape: Tape,
  x: Tensor,
  compute: (tape: Tape, x: Tensor) => Tensor,
  trains = true,
): Tensor {
  const { job, dtype } = tape;
  const y = tape.result(x.rows, x.cols, [x], trains);
  const keep = (silent: Tape) => {
    const value = compute(silent, x);
    if (value.rows !== x.rows || value.cols !== x.cols) {
      throw new RangeError(
        `recompute: x is ${x.rows} x ${x.cols} and y is ${value.rows} x ${value.cols}: ` +
          "the shapes must be equal",
      );
    }
    copy(tape, x.rows * x.cols, value.value, y.value);
  };
  withTape(job, dtype, keep, { recording: false });
  return tape.record(y, (dy) => {
    // Before the second pass takes its place on the stack.
    if (x.needsGradient) tape.accumulateInto(x);
    withTape(job, dtype, (again) => {
      const output = compute(again, x);
      const { dx: seed } = again.accumulate(output);
      copy(tape, x.rows * x.cols, dy, seed);
      again.backward();
    });
  });
}

/** y <- x. */
export function copy(tape: Tape, length: number, x: Handle, y: Handle): void {
  tape.kernels.fillRows(1, length, x, y);
}
