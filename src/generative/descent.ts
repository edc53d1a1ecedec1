// Latent vectors on their way down, each in a job of its own: the network's values stay on the tape
// from the evaluation until the step.
import { Tape, Tensor } from "../autograd/tape.js";
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
import { Block, type FloatArray, Job } from "../wasm/index.js";
import { upperMedian } from "./losses.js";
import type { Term } from "./measurement-kinds.js";
import type { ReluGenerator } from "./relu-generator.js";

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
    const { measurements: y, term, ridge, blocks } = this.#task;
    this.#forward?.tape.release();
    const tape = new Tape(this.#job, this.#task.generator.dtype);
    const x = this.#network.forward(tape, this.#input);
    this.#forward = { tape, x };
    this.#multiply("multiply", x, this.#products);
    const u = this.#products.view();
    for (let i = 0; i < u.length; i++) {
      this.#terms[i] = blocks * term.value(u[i], y[i]);
      this.#slopes[i] = blocks * term.slope(u[i], y[i]);
    }
    this.#ridge = ridge ? x.sumOfSquares() / 2 : 0;
    this.regroup();
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
    const slopes = this.#adjoint.view();
    for (let i = 0; i < slopes.length; i++) {
      slopes[i] = this.#blockOf[i] === block ? this.#slopes[i] : 0;
    }
    this.#multiply("multiplyTransposed", this.#adjoint, to);
    if (this.#task.ridge) tape.kernels.axpy(to.length, 1, x.handle, to.handle);
    this.#z.gradient.view().fill(0);
    tape.backward();
    return this.#z.gradient;
  }

  /** As `evaluate`, after a look at -z: where the loss is less there, that is the vector from now on. */
  evaluateNearer(): void {
    this.evaluate();
    const { kernels, length, handle } = this.#z;
    kernels.fillRows(1, length, handle, this.#negative.handle);
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
    const chunk = sum && this.#operator.multiplyRows ? 32 : y.length;
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
    const { multiplyRows, exponent } = this.#operator;
    if (multiplyRows) multiplyRows(first, column(x), u);
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
