import { Matrix } from "../../linalg/matrix.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import type { BoundProblem } from "../problems/problem.js";

/** One factor in the job, as it is kept there: W_1 transposed. */
export interface FactorParameter {
  readonly handle: Handle;
  readonly length: number;
  readonly rows: number;
  readonly cols: number;
}

/** A network's factors, gradients and work space in a job: evaluated without any allocation. */
export interface BoundNetwork {
  /** One for each factor, W_1 first. W_1 is kept transposed. */
  readonly parameters: readonly FactorParameter[];
  /** Gradients of the last `backward`, in the order and layout of the parameters. */
  readonly gradients: readonly Handle[];
  /** Evaluates the residual and the gradient of U P; returns the loss. */
  forward(): number;
  /** Gradients of all factors from the residual; those of frozen outer factors are left out. */
  backward(): void;
  /** Copies of the factors. */
  factors(): Matrix[];
  /** Allocates for, and returns, the loss of another problem at the product of the last `forward`. */
  lossOf(other: BoundProblem): () => number;
  /**
   * Allocates the work space for, and returns, the loss at X - rate dX, dX being the product's
   * linear change when each factor changes by its ratio times its direction. It is exact however
   * large the rate, a parabola; the residual is another one afterwards, until the next `forward`.
   */
  linearChange(ratios: readonly number[]): (directions: readonly Handle[], rate: number) => number;
}

/**
 * Binds U W_{N-1} ... W_2 V' (U = W_N, V = W_1') to a job, with the gradients in closed form.
 *
 * With P = W_{N-1} ... W_2, T = U P and the residual R = R(T V'): dU = (R V) P', dV = R'T and
 * dP = U'(R V), which runs back through the chain of P. R is only ever multiplied by thin blocks.
 * A step costs three products with R and O((rows + cols) width² + depth width³).
 *
 * @param factors - at least two, W_1 first.
 */
export function bindNetwork(
  job: Job,
  dtype: DType,
  factors: readonly Matrix[],
  problem: BoundProblem,
  freezeOuter: boolean,
): BoundNetwork {
  const kernels = job.kernels(dtype);
  const count = factors.length;
  const last = count - 1;
  const rows = factors[last].rows;
  const inner = factors[0].rows;
  const top = factors[last].cols;
  /** widths[l] x widths[l - 1] is the shape of factor l, counted from 0 with widths[-1] = cols. */
  const widths = factors.map((factor) => factor.rows);

  const parameters = factors.map((factor, l) => {
    const { data, rows, cols } = l === 0 ? factor.transpose() : factor;
    return { handle: job.put(data), length: data.length, rows, cols };
  });
  const handles = parameters.map(({ handle }) => handle);
  const V = handles[0];
  const U = handles[last];

  // prefix[l] = W_l ... W_2 for l = 2 .. N-1 (indices 1 .. last - 1), widths[l] x inner.
  const prefix: Handle[] = [];
  for (let l = 1; l < last; l++) {
    prefix[l] = l === 1 ? handles[1] : job.allocate(dtype, widths[l] * inner);
  }
  const hasCore = last > 1;
  const P = prefix[last - 1];
  const T = hasCore ? job.allocate(dtype, rows * inner) : U;
  const G = job.allocate(dtype, rows * inner);
  const gradients = parameters.map(({ length }) => job.allocate(dtype, length));
  if (!hasCore && !freezeOuter) gradients[last] = G;
  // backed[l] = d loss / d prefix[l]; that of W_2 is its gradient.
  const backed: Handle[] = [];
  for (let l = 1; l < last; l++) {
    backed[l] = l === 1 ? gradients[1] : job.allocate(dtype, widths[l] * inner);
  }

  return {
    parameters,
    gradients,
    forward() {
      for (let l = 2; l < last; l++) {
        // biome-ignore format: gemm's arguments belong in pairs
        kernels.gemm(0, 0, widths[l], inner, widths[l - 1], 1,
          handles[l], widths[l - 1], prefix[l - 1], inner, 0, prefix[l], inner);
      }
      if (hasCore) kernels.gemm(0, 0, rows, inner, top, 1, U, top, P, inner, 0, T, inner);
      return problem.residual(inner, T, V, G);
    },
    backward() {
      if (!freezeOuter) problem.multiplyTransposed(inner, T, gradients[0]);
      if (!hasCore) return;
      if (!freezeOuter) {
        kernels.gemm(0, 1, rows, top, inner, 1, G, inner, P, inner, 0, gradients[last], top);
      }
      kernels.gemm(1, 0, top, inner, rows, 1, U, top, G, inner, 0, backed[last - 1], inner);
      for (let l = last - 1; l > 1; l--) {
        // biome-ignore format: gemm's arguments belong in pairs
        kernels.gemm(0, 1, widths[l], widths[l - 1], inner, 1,
          backed[l], inner, prefix[l - 1], inner, 0, gradients[l], widths[l - 1]);
        // biome-ignore format: gemm's arguments belong in pairs
        kernels.gemm(1, 0, widths[l - 1], inner, widths[l], 1,
          handles[l], widths[l - 1], backed[l], inner, 0, backed[l - 1], inner);
      }
    },
    lossOf(other) {
      const image = job.allocate(dtype, rows * inner);
      return () => other.residual(inner, T, V, image);
    },
    linearChange(ratios) {
      // X - rate dX = [T - rate dT, T] [V, -rate dV]'.
      const double = 2 * inner;
      const left = job.allocate(dtype, rows * double);
      const right = job.allocate(dtype, parameters[0].rows * double);
      const image = job.allocate(dtype, rows * double);
      const identity = job.put(Matrix.identity(inner, inner, { dtype }).data);
      const changed: Handle[] = [];
      for (let l = 1; l < last; l++) changed[l] = job.allocateZeros(dtype, widths[l] * inner);
      const beside = (block: Handle) => job.at(dtype, block, inner);
      return (directions, rate) => {
        const n = parameters[0].rows;
        kernels.embed(rows, inner, inner, T, inner, left, double);
        kernels.embed(rows, inner, inner, T, inner, beside(left), double);
        kernels.embed(n, inner, inner, V, inner, right, double);
        // biome-ignore format: gemm's arguments belong in pairs
        kernels.gemm(0, 0, n, inner, inner, -rate * ratios[0],
          directions[0], inner, identity, inner, 0, beside(right), double);
        for (let l = 1; l < last; l++) {
          const below = l === 1 ? identity : prefix[l - 1];
          // biome-ignore format: gemm's arguments belong in pairs
          kernels.gemm(0, 0, widths[l], inner, widths[l - 1], ratios[l],
            directions[l], widths[l - 1], below, inner, 0, changed[l], inner);
          if (l === 1) continue;
          // biome-ignore format: gemm's arguments belong in pairs
          kernels.gemm(0, 0, widths[l], inner, widths[l - 1], 1,
            handles[l], widths[l - 1], changed[l - 1], inner, 1, changed[l], inner);
        }
        // biome-ignore format: gemm's arguments belong in pairs
        kernels.gemm(0, 0, rows, inner, top, -rate * ratios[last],
          directions[last], top, hasCore ? P : identity, inner, 1, left, double);
        if (hasCore) {
          // biome-ignore format: gemm's arguments belong in pairs
          kernels.gemm(0, 0, rows, inner, top, -rate,
            U, top, changed[last - 1], inner, 1, left, double);
        }
        return problem.residual(double, left, right, image);
      };
    },
    factors: () =>
      parameters.map(({ handle, length, rows, cols }, l) => {
        const stored = new Matrix(rows, cols, job.read(dtype, handle, length));
        return l === 0 ? stored.transpose() : stored;
      }),
  };
}
