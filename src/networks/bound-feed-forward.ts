// A feed-forward network in a job, for those who take many steps: its parameters and their gradient
// stay where they are, and a step copies nothing.
import { linear } from "../autograd/linear.js";
import { crossEntropy } from "../autograd/losses.js";
import { relu } from "../autograd/operations.js";
import { constant, type Tape, Tensor, withTape } from "../autograd/tape.js";
import { Block, type DType, type Handle, type Job } from "../wasm/index.js";
import { type Layer, parameterCount } from "./layers.js";

export class BoundFeedForward {
  /** 1 x parameterCount, in the order of {@link Layer}: write them at any time. */
  readonly parameters: Block;
  /** Of the same form. What is trained adds to it; zeros where nothing is. */
  readonly gradient: Block;
  readonly #layers: readonly { weight: Tensor; bias: Tensor | undefined; relu: boolean }[];

  /** @param trained - whether the parameters get a gradient: without, `gradient` is empty. */
  constructor(
    readonly job: Job,
    readonly dtype: DType,
    layers: readonly Layer[],
    trained: boolean,
  ) {
    const count = parameterCount(layers);
    this.parameters = Block.zeros(job, dtype, 1, count);
    this.gradient = Block.zeros(job, dtype, 1, trained ? count : 0);
    const tensor = (place: number, rows: number, cols: number) => {
      const at = (all: Block) => job.at(dtype, all.handle, place);
      const part = new Tensor(job, dtype, rows, cols, at(this.parameters), trained);
      if (trained) part.gradient = new Block(job, dtype, rows, cols, at(this.gradient));
      return part;
    };
    this.#layers = layers.map(({ inputs, outputs, weight, bias, relu }) => ({
      weight: tensor(weight, outputs, inputs),
      bias: bias === undefined ? undefined : tensor(bias, 1, outputs),
      relu,
    }));
  }

  /** The network's values at the rows of x, as an operation on a tape. */
  forward(tape: Tape, x: Tensor): Tensor {
    return this.#layers.reduce((input, { weight, bias, relu: rectified }) => {
      const y = linear(tape, input, { weight, bias });
      return rectified ? relu(tape, y) : y;
    }, x);
  }

  /** The values at the rows of x, while `use` looks at them. */
  value<T>(x: Block, use: (y: Block) => T): T {
    return withTape(this.job, this.dtype, (tape) => use(this.forward(tape, constant(x))), {
      recording: false,
    });
  }

  /**
   * The mean cross-entropy at the rows of x; `gradient` becomes its gradient.
   *
   * @param labels - i32, the class of each row, in range, which nobody checks.
   */
  lossGradient(x: Block, labels: Handle): number {
    this.gradient.view().fill(0);
    return withTape(this.job, this.dtype, (tape) => {
      const loss = crossEntropy(tape, this.forward(tape, constant(x)), labels);
      tape.backward();
      return loss;
    });
  }

  /**
   * dx = J(x)' dy for each row x, J the Jacobian of the network's value: what is a step in the
   * input. The gradient of the parameters, where they are trained, is added to `gradient`.
   *
   * @param adjoint - writes dy, given the values y.
   */
  inputGradient<T>(x: Block, dx: Block, adjoint: (y: Block, dy: Block) => T): T {
    return withTape(this.job, this.dtype, (tape) => {
      const { rows, cols, handle } = x;
      const input = new Tensor(this.job, this.dtype, rows, cols, handle, true);
      input.gradient = dx;
      dx.view().fill(0);
      const y = this.forward(tape, input);
      const result = adjoint(y, tape.accumulate(y).to);
      tape.backward();
      return result;
    });
  }
}
