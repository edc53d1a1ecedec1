// Reverse-mode differentiation on a tape. An operation computes its value at once, in the job's
// memory, and leaves its adjoint on the tape: the function that turns the gradient with respect to
// its output into gradients with respect to its inputs. `backward` plays the tape from the end.
// Everything is on the job's stack: `release` drops values and gradients together, so that a
// training step takes the same memory again and allocates nothing new.
import {
  type BasicKernels,
  Block,
  basicKernels,
  type DType,
  type GroupByType,
  type Handle,
  type Job,
  type KernelGroup,
  type Mark,
  rowsKernels,
} from "../wasm/index.js";

/** A matrix of a network: what is trained, what is not, and all that is computed from them. */
export class Tensor extends Block {
  /** Of the loss with respect to this tensor; undefined until an adjoint has contributed. */
  gradient: Block | undefined;

  constructor(
    job: Job,
    dtype: DType,
    rows: number,
    cols: number,
    handle: Handle,
    /** Whether it depends on something that is trained: only then it gets a gradient. */
    readonly needsGradient: boolean,
  ) {
    super(job, dtype, rows, cols, handle);
  }
}

/** Values that nothing trains. */
export function constant({ job, dtype, rows, cols, handle }: Block): Tensor {
  return new Tensor(job, dtype, rows, cols, handle, false);
}

/** Values that are trained: their gradient has a place of its own, which outlives the steps. */
export function parameter({ job, dtype, rows, cols, handle }: Block): Tensor {
  const tensor = new Tensor(job, dtype, rows, cols, handle, true);
  tensor.gradient = Block.zeros(job, dtype, rows, cols);
  return tensor;
}

export class Tape {
  /** The basic kernels of its type. */
  readonly kernels: BasicKernels;
  /** Whether adjoints are kept. */
  readonly recording: boolean;
  readonly #start: Mark;
  readonly #adjoints: { output: Tensor; run: (dy: Block) => void }[] = [];
  /** Gradients that have done their work, by length: room for those to come. */
  readonly #spare = new Map<number, Block[]>();

  /** @param recording - false to compute values only, as inference does. */
  constructor(
    readonly job: Job,
    readonly dtype: DType,
    { recording = true } = {},
  ) {
    this.kernels = job.use(basicKernels)[dtype];
    this.recording = recording;
    this.#start = job.mark();
  }

  /** The kernels of a group, of its type. */
  use<Single>(group: KernelGroup<Single> | GroupByType<Single>): Single {
    return this.job.use(group)[this.dtype];
  }

  /**
   * Room for what an operation makes of its inputs; what it holds is undefined.
   * @param wanted - whether the gradient is wanted even if no input needs one.
   */
  result(
    rows: number,
    cols: number,
    inputs: readonly (Tensor | undefined)[],
    wanted = false,
  ): Tensor {
    const needs = this.recording && (wanted || inputs.some((input) => input?.needsGradient));
    const { job, dtype } = this;
    return new Tensor(job, dtype, rows, cols, job.allocate(dtype, rows * cols), needs);
  }

  /** Leaves the adjoint of the operation that made `output`, if anything before it is trained. */
  record(output: Tensor, run: (dy: Block) => void): Tensor {
    if (output.needsGradient) this.#adjoints.push({ output, run });
    return output;
  }

  /**
   * For adjoints: the gradient of x, which the first of them writes and those after it add to. May
   * allocate: to be called before an adjoint takes work space of its own.
   */
  accumulate(x: Tensor): { to: Block; add: boolean } {
    if (x.gradient !== undefined) return { to: x.gradient, add: true };
    const { rows, cols, length } = x;
    const spare =
      this.#spare.get(length)?.pop() ?? Block.allocate(this.job, this.dtype, rows, cols);
    x.gradient =
      spare.rows === rows ? spare : new Block(this.job, this.dtype, rows, cols, spare.handle);
    return { to: x.gradient, add: false };
  }

  /** As `accumulate`, for adjoints whose kernel adds to what is there. */
  accumulateInto(x: Tensor): Block {
    const { to, add } = this.accumulate(x);
    if (!add) to.view().fill(0);
    return to;
  }

  /** For adjoints whose kernel overwrites: adds what `compute` writes to the gradient of x. */
  contribute(x: Tensor, compute: (dx: Block) => void): void {
    if (!x.needsGradient) return;
    const { to, add } = this.accumulate(x);
    if (!add) {
      compute(to);
      return;
    }
    this.work(x.rows, x.cols, (term) => {
      compute(term);
      this.kernels.axpy(term.length, 1, term.handle, to.handle);
    });
  }

  /** Work space for the duration of `compute`, in which no gradient may be allocated. */
  work(rows: number, cols: number, compute: (space: Block) => void): void {
    const mark = this.job.mark();
    compute(Block.allocate(this.job, this.dtype, rows, cols));
    this.job.release(mark);
  }

  /** Plays the adjoints from the last to the first; a loss has given its input's gradient. */
  backward(): void {
    for (let entry = this.#adjoints.pop(); entry; entry = this.#adjoints.pop()) {
      const { output, run } = entry;
      // Nothing asked for it.
      if (output.gradient === undefined) continue;
      run(output.gradient);
      const spare = this.#spare.get(output.length);
      if (spare) spare.push(output.gradient);
      else this.#spare.set(output.length, [output.gradient]);
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
 * @param rows - of y, where they are not as many as x has; its columns are as many.
 */
export function recompute(
  tape: Tape,
  x: Tensor,
  compute: (tape: Tape, x: Tensor) => Tensor,
  trains = true,
  rows = x.rows,
): Tensor {
  const { job, dtype } = tape;
  const y = tape.result(rows, x.cols, [x], trains);
  const keep = (silent: Tape) => {
    const value = compute(silent, x);
    if (value.rows !== rows || value.cols !== x.cols) {
      throw new RangeError(
        `recompute: y is ${value.rows} x ${value.cols}: it must be ${rows} x ${x.cols}`,
      );
    }
    copy(value, y);
  };
  withTape(job, dtype, keep, { recording: false });
  return tape.record(y, (dy) => {
    // Before the second pass takes its place on the stack.
    if (x.needsGradient) tape.accumulateInto(x);
    withTape(job, dtype, (again) => {
      const output = compute(again, x);
      copy(dy, again.accumulate(output).to);
      again.backward();
    });
  });
}

/** y <- x. */
export function copy(x: Block, y: Block): void {
  x.use(rowsKernels).fillRows(1, x.length, x.handle, y.handle);
}
