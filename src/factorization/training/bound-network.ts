import { Matrix } from "../../linalg/matrix.js";
import { Parameter } from "../../optim/optimizer.js";
import { Block, type Job, product } from "../../wasm/index.js";
import type { BoundProblem } from "../problems/problem.js";
import { CoreChain } from "./core-chain.js";

/** A network's factors, gradients and work space in a job: evaluated without any allocation. */
export interface BoundNetwork {
  /** One for each factor, W_1 first, which is kept transposed: V. */
  readonly parameters: readonly Parameter[];
  /** Evaluates the residual and the gradient of T; returns the loss. */
  forward(): number;
  /** Gradients of all factors from the residual; those of frozen factors are left out. */
  backward(): void;
  /** Copies of the factors. */
  factors(): Matrix[];
  /** Allocates for, and returns, the loss of another problem at the product of the last `forward`. */
  lossOf(other: BoundProblem): () => number;
  /**
   * Allocates the work space for, and returns, the loss at X - rate dX, dX being the product's
   * linear change when each factor changes by its rate scale times its direction. It is exact
   * however large the rate, a parabola; the residual is another one afterwards, until the next
   * `forward`.
   */
  linearChange(): (directions: readonly Block[], rate: number) => number;
}

/**
 * Binds T V', T = W_N ... W_2 and V = W_1', to a job, with the gradients in closed form: from the
 * residual R = R(T V') follow dV = R'T and dT = R V, which runs back through the chain of T. R is
 * only ever multiplied by thin blocks. A step costs three products with R and
 * O((rows + cols) width² + depth width³).
 *
 * @param factors - at least two, W_1 first.
 * @param rateScales - of the factors; 0 freezes one.
 */
export function bindNetwork(
  job: Job,
  factors: readonly Matrix[],
  problem: BoundProblem,
  rateScales: readonly number[],
): BoundNetwork {
  const { dtype, rows: inner } = factors[0];
  const parameters = factors.map((factor, l) => {
    const W = Block.put(job, l === 0 ? factor.transpose() : factor);
    return new Parameter(W, Block.allocate(job, dtype, W.rows, W.cols), rateScales[l]);
  });
  const [V, ...chained] = parameters;
  const [first, ...rest] = chained;
  const space = ({ rows }: Block) => Block.allocate(job, dtype, rows, inner);
  const products = [first, ...rest.map(space)];
  const adjoints = [first.gradient, ...rest.map(space)];
  const chain = new CoreChain(rest, products, adjoints, "left");
  const { product: T, adjoint: G } = chain;

  return {
    parameters,
    forward() {
      chain.forward();
      return problem.residual(inner, T.handle, V.handle, G.handle);
    },
    backward() {
      if (V.rateScale !== 0) problem.multiplyTransposed(inner, T.handle, V.gradient.handle);
      chain.backward();
    },
    lossOf(other) {
      const image = job.allocate(dtype, T.length);
      return () => other.residual(inner, T.handle, V.handle, image);
    },
    linearChange() {
      // X - rate dX = [T - rate dT, T] [V, -rate dV]'.
      const double = 2 * inner;
      const left = Block.allocate(job, dtype, T.rows, double);
      const right = Block.allocate(job, dtype, V.rows, double);
      const image = Block.allocate(job, dtype, T.rows, double);
      const halves = ({ rows }: Block, both: Block) =>
        [0, inner].map((col) => both.part(0, col, rows, inner));
      const [changedT, unchangedT] = halves(T, left);
      const [unchangedV, changeOfV] = halves(V, right);
      const identity = Block.put(job, Matrix.identity(inner, inner, { dtype }));
      const below = [identity, ...products];
      const last = rest.length;
      const changes = products.map((B, l) => (l === last ? changedT : space(B)));
      return (directions, rate) => {
        T.copyTo(changedT);
        T.copyTo(unchangedT);
        V.copyTo(unchangedV);
        product(directions[0], identity, { to: changeOfV, scale: -rate * V.rateScale });
        for (let l = 0; l <= last; l++) {
          const W = chained[l];
          const to = changes[l];
          const add = l === last;
          const scale = add ? -rate : 1;
          product(directions[l + 1], below[l], { to, scale: scale * W.rateScale, add });
          if (l > 0) product(W, changes[l - 1], { to, scale, add: true });
        }
        return problem.residual(double, left.handle, right.handle, image.handle);
      };
    },
    factors: () =>
      parameters.map((W, l) => {
        const stored = new Matrix(W.rows, W.cols, W.read());
        return l === 0 ? stored.transpose() : stored;
      }),
  };
}
