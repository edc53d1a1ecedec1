// Latent vectors on their way down, each in a job of its own: the network's values stay on the tape
// from the evaluation until the step.
import { copy, Tape, Tensor } from "../autograd/tape.js";
import {
  type BlockOperator,
  type LinearOperator,
  operatorInJob,
} from "../linalg/in-job/linear-operator.js";
import type { Matrix } from "../linalg/matrix.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { BoundFeedForward } from "../networks/bound-feed-forward.js";
import {
  type BoundOptimizer,
  bindOptimizer,
  type Optimizer,
  Parameter,
} from "../optim/optimizer.js";
import { Block, bytesPerElement, type FloatArray, Job, rowsKernels } from "../wasm/index.js";
import { upperMedian } from "./losses.js";
import type { Term } from "./measurement-kinds.js";
import type { ReluGenerator } from "./relu-generator.js";

/** Bytes of the rows that are multiplied with twice while they are in a cache. */
const bytesOfRows = 2 ** 18;
/** Rows that are looked at before more are: they mostly tell. */
const firstRows = 32;

/** What a latent vector is measured by. */
export interface Task {
  readonly name: string;
  readonly generator: ReluGenerator;
  readonly operator: Matrix | SparseMatrix | LinearOperator;
  readonly measurements: Float64Array;
  readonly term: Term;
  /** Whether half the sum of squares of what is generated is added. */
  readonly ridge: boolean;
  readonly blocks: number;
  readonly optimizer: Optimizer;
}

/** One latent vector. */
export class LatentVector {
  /** Of each block: half the sum of squares over all measurements, as the block says. */
  readonly losses: Float64Array;
  readonly #task: Task;
  readonly #blockOf: Int32Array;
  readonly #job = new Job();
  readonly #network: BoundFeedForward;
  readonly #operator: BlockOperator;
  readonly #z: Parameter;
  readonly #input: Tensor;
  readonly #optimizer: BoundOptimizer;
  /** A x, and in the job what the loss says of it. */
  readonly #products: Block;
  /** The same at another place, and that place. */
  readonly #others: Block;
  readonly #negative: Block;
  readonly #terms: Float64Array;
  readonly #slopes: Float64Array;
  #ridge = 0;
  readonly #adjoint: Block;
  /** A' times the slopes, where it is known at once: for one block and an operator that has its rows. */
  readonly #pullback: Block | undefined;
  #forward: { tape: Tape; x: Tensor } | undefined;

  /** @param blockOf - the block of each measurement; who changes it calls `regroup`. */
  constructor(task: Task, blockOf: Int32Array, start: FloatArray) {
    const { name, generator, operator, measurements, blocks, optimizer } = task;
    const { dtype, inputs, network, parameters } = generator;
    this.#task = task;
    this.#blockOf = blockOf;
    this.losses = new Float64Array(blocks);
    const job = this.#job;
    this.#network = network.bind(job, { trained: false });
    this.#network.parameters.write(parameters);
    this.#operator = operatorInJob(job, name, operator, dtype);
    const m = measurements.length;
    this.#products = Block.allocate(job, dtype, m, 1);
    this.#adjoint = Block.allocate(job, dtype, m, 1);
    const atOnce = blocks === 1 && this.#operator.someRows;
    this.#pullback = atOnce ? Block.allocate(job, dtype, operator.cols, 1) : undefined;
    this.#others = Block.allocate(job, dtype, m, 1);
    this.#negative = Block.allocate(job, dtype, 1, inputs);
    this.#terms = new Float64Array(m);
    this.#slopes = new Float64Array(m);
    const z = Block.put(job, { dtype, rows: 1, cols: inputs, data: start });
    this.#z = new Parameter(z, Block.zeros(job, dtype, 1, inputs));
    this.#input = new Tensor(job, dtype, 1, inputs, z.handle, true);
    this.#input.gradient = this.#z.gradient;
    this.#optimizer = bindOptimizer(optimizer, [this.#z]);
    this.evaluate();
  }

  /** The median of the blocks' losses. */
  get loss(): number {
    return this.losses[upperMedian(this.losses)];
  }

  /** A copy. */
  read(): FloatArray {
    return this.#z.read();
  }

  /** Goes to z. */
  place(z: FloatArray): void {
    this.#z.write(z);
    this.evaluate();
  }

  /** Computes what is generated here, and the losses. */
  evaluate(): void {
    this.#forward?.tape.release();
    const tape = new Tape(this.#job, this.#task.generator.dtype);
    const x = this.#network.forward(tape, this.#input);
    this.#forward = { tape, x };
    if (this.#pullback) this.#measureByRows(x, this.#pullback);
    else this.#measure(x);
    this.#ridge = this.#task.ridge ? x.sumOfSquares() / 2 : 0;
    this.regroup();
  }

  #measure(x: Block): void {
    this.#multiply("multiply", x, this.#products);
    this.#compare(0, this.#products.view());
  }

  /** The same and the pullback, in one reading of the operator. */
  #measureByRows(x: Block, pullback: Block): void {
    const { rows, exponent } = this.#operator;
    const rowBytes = x.length * bytesPerElement(x.dtype);
    const count = Math.max(1, Math.floor(bytesOfRows / rowBytes));
    pullback.view().fill(0);
    for (let first = 0; first < rows; first += count) {
      const [u, slopes] = [this.#products, this.#adjoint].map((all) =>
        all.lines(first, Math.min(count, rows - first)),
      );
      this.#multiplyRows(first, x, u);
      this.#compare(first, u.view());
      slopes.view().set(this.#slopes.subarray(first, first + slopes.rows));
      this.#operator.someRows!.addTransposed(first, slopes, pullback);
    }
    scaleBack(pullback, exponent);
  }

  /** What the loss says of products, those of the measurements from `first` on. */
  #compare(first: number, u: FloatArray): void {
    const { measurements: y, term, blocks } = this.#task;
    for (let i = 0; i < u.length; i++) {
      this.#terms[first + i] = blocks * term.value(u[i], y[first + i]);
      this.#slopes[first + i] = blocks * term.slope(u[i], y[first + i]);
    }
  }

  /** The losses again, when the measurements were dealt anew. */
  regroup(): void {
    this.losses.fill(this.#ridge);
    for (let i = 0; i < this.#terms.length; i++) this.losses[this.#blockOf[i]] += this.#terms[i];
  }

  /** One step down the loss of a block, from where it was evaluated last; to be evaluated again. */
  descend(block: number, rate: number): void {
    this.gradient(block);
    this.#optimizer.step(rate);
  }

  /** The gradient of a block's loss, once after each `evaluate`. */
  gradient(block: number): Block {
    const { tape, x } = this.#forward!;
    const { to } = tape.accumulate(x);
    if (this.#pullback) {
      this.#pullback.use(rowsKernels).fillRows(1, to.length, this.#pullback.handle, to.handle);
    } else {
      const slopes = this.#adjoint.view();
      for (let i = 0; i < slopes.length; i++) {
        slopes[i] = this.#blockOf[i] === block ? this.#slopes[i] : 0;
      }
      this.#multiply("multiplyTransposed", this.#adjoint, to);
    }
    if (this.#task.ridge) tape.kernels.axpy(to.length, 1, x.handle, to.handle);
    this.#z.gradient.view().fill(0);
    tape.backward();
    return this.#z.gradient;
  }

  /** As `evaluate`, after a look at -z: where the loss is less there, that is the vector from now on. */
  evaluateNearer(): void {
    this.evaluate();
    const { kernels, length, handle } = this.#z;
    copy(this.#z, this.#negative);
    kernels.scal(length, -1, this.#negative.handle);
    if (!this.#network.value(this.#negative, (x) => this.#isLess(x))) return;
    kernels.scal(length, -1, handle);
    this.evaluate();
  }

  /** Whether the loss of what is generated is less than that here. */
  #isLess(x: Block): boolean {
    const { measurements: y, term, ridge, blocks } = this.#task;
    const limit = this.loss;
    const losses = new Float64Array(blocks).fill(ridge ? x.sumOfSquares() / 2 : 0);
    // One sum of terms that are not negative only grows: a few rows mostly tell.
    const sum = blocks === 1 && !ridge;
    const chunk = sum && this.#operator.someRows ? firstRows : y.length;
    for (let first = 0; first < y.length; first += chunk) {
      const u = this.#others.part(first, 0, Math.min(chunk, y.length - first), 1);
      this.#multiplyRows(first, x, u);
      const values = u.view();
      for (let i = 0; i < values.length; i++) {
        losses[this.#blockOf[first + i]] += blocks * term.value(values[i], y[first + i]);
      }
      if (sum && losses[0] >= limit) return false;
    }
    return losses[upperMedian(losses)] < limit;
  }

  #multiplyRows(first: number, x: Block, u: Block): void {
    const { someRows, exponent } = this.#operator;
    if (someRows) someRows.multiply(first, column(x), u);
    else this.#operator.multiply(column(x), u);
    scaleBack(u, exponent);
  }

  /** The product with a vector. */
  #multiply(method: "multiply" | "multiplyTransposed", from: Block, to: Block): void {
    this.#operator[method](column(from), column(to));
    scaleBack(to, this.#operator.exponent);
  }
}

const column = ({ job, dtype, length, handle }: Block) => new Block(job, dtype, length, 1, handle);

/** What an operator with scaled entries gives, as its own would. */
function scaleBack(x: Block, exponent: number): void {
  if (exponent !== 0) x.kernels.scal(x.length, 2 ** -exponent, x.handle);
}
