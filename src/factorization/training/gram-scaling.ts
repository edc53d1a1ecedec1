import { power } from "../../linalg/elementary.js";
import { spacing } from "../../linalg/eps.js";
import { Matrix } from "../../linalg/matrix.js";
import { Block, product, systemsKernels } from "../../wasm/index.js";
import type { Run } from "./run.js";
import { ScaledParameter } from "./scaled-gd.js";

/** Gradients of a bound network, scaled by the Gram matrices of what surrounds each factor. */
export interface GramScaling {
  /** The factors, with the gradients that `apply` makes. */
  readonly parameters: readonly ScaledParameter[];
  /**
   * Scales the gradients of the last `backward`, damped by the residual, which follows from the
   * loss.
   */
  apply(loss: number): void;
}

/**
 * The share by which a direction as large as the whole residual grows in a step while it is still
 * at its initial size. Larger values reach small singular values sooner; but what the residual of
 * a larger one shows by chance must not be taken for them (measured: 0.01 to 0.03 are good).
 */
const growth = 0.015;
/**
 * Between orthonormal frames a direction of the target is spread over two of the network's, and
 * only pairs of cores can build it: with less damping it takes the same time (measured).
 */
const betweenFrames = 1 / 3;
/** Diagonal added to a Gram matrix of norm 1 in any case, in units of eps: far below its use. */
const minDamping = 10;

/**
 * Scales the gradient of W in A W B to inv(A'A + a I) G inv(BB' + b I). In directions of the
 * product with singular value s, A'A is s^(2 share of A's factors), and a = mu^(2 share) with one
 * mu for all factors: what is above mu is hardly damped. Below, a factor with share p grows by
 * s^(1 - 2p) sigma / mu^(2 - 2p) of itself, sigma the residual in its direction, times a rate near
 * w, 1 over the sum of the ratios. That is `growth` sigma / rho at the initial s_0, rho² being the
 * residual's squares, when
 *
 *     mu^(2 - 2p) = w rho s_0^(1 - 2p) / growth.
 *
 * So directions emerge one after the other, the largest first, as
 * rho falls, and the last of them after a number of steps that does not depend on its size.
 *
 * O((rows + cols) width² + depth width³) operations; copies nothing, allocates nothing.
 */
export function gramScaling({ network, description, density }: Run, damping: number): GramScaling {
  const factors = network.parameters;
  const { job, dtype, kernels } = factors[0];
  const { widths, exponents, scales } = description;
  const last = factors.length - 1;
  const inner = widths.slice(1, -1);
  /** Of what is right of each inner width, BB', and left of it, A'A. */
  const grams = inner.map((k) => ({
    right: Block.allocate(job, dtype, k, k),
    left: Block.allocate(job, dtype, k, k),
  }));
  const greatest = Math.max(...inner);
  const dampedSpace = job.allocate(dtype, greatest * greatest);
  /** By width: the identity, and room for a damped Gram matrix. */
  const dampings = new Map(
    inner.map((k) => [
      k,
      {
        identity: Block.put(job, Matrix.identity(k, k, { dtype })),
        damped: new Block(job, dtype, k, k, dampedSpace),
      },
    ]),
  );
  const coreSpace = job.allocate(dtype, greatest * greatest);
  /** Room for what is like a core, and like its transpose. */
  const like = factors.map(({ rows, cols }) => new Block(job, dtype, rows, cols, coreSpace));
  const turned = factors.map(({ rows, cols }) => new Block(job, dtype, cols, rows, coreSpace));
  const work = job.allocateBytes(factors[0].use(systemsKernels).triangularWorkspace());
  const parameters = factors.map(
    (W) => new ScaledParameter(W, Block.zeros(job, dtype, W.rows, W.cols), W.rateScale),
  );

  const carriers = exponents.map((exponent) => (exponent > 0 ? 1 : 0) as number);
  const depth = carriers.reduce((sum, carrier) => sum + carrier, 0);
  const before = exponents.map((_, l) => carriers.slice(0, l).reduce((sum, x) => sum + x, 0));
  const start = scales.reduce((value, scale, l) => (carriers[l] ? value * scale : value), 1);
  const total = factors.reduce((sum, { rateScale }) => sum + rateScale, 0);
  const between = exponents[0] > 0 ? 1 : betweenFrames;
  const strength =
    total > 0 ? (damping * between * power(start, 1 - 2 / depth)) / (growth * total) : 0;

  function formGrams(): void {
    const V = factors[0];
    product(V, V, { to: grams[0].right, transposeA: true });
    for (let l = 1; l < last; l++) {
      product(factors[l], grams[l - 1].right, { to: like[l] });
      product(like[l], factors[l], { to: grams[l].right, transposeB: true });
    }
    const U = factors[last];
    product(U, U, { to: grams[last - 1].left, transposeA: true });
    for (let l = last - 1; l > 0; l--) {
      product(factors[l], grams[l].left, { to: turned[l], transposeA: true });
      product(turned[l], factors[l], { to: grams[l - 1].left });
    }
  }

  /** X <- X inv(gram + mu^(2 share) I), mu^(2 share) = unit^count. */
  function divide(X: Block, gram: Block, unit: number, count: number): void {
    const { identity, damped } = dampings.get(gram.rows)!;
    const k = gram.rows;
    let lambda = count > 0 ? 1 : 0;
    for (let i = 0; i < count; i++) lambda *= unit;
    const norm = gram.norm();
    let floor = norm > 0 ? minDamping * spacing[dtype] * norm : 1;
    let failed = 0;
    // Rounding can leave a Gram matrix indefinite by more than that: then more of it.
    for (let attempt = 0; attempt < 4 && failed >= 0; attempt++) {
      gram.copyTo(damped);
      kernels.axpy(gram.length, lambda + floor, identity.handle, damped.handle);
      failed = factors[0].use(systemsKernels).cholesky(k, damped.handle, k, work);
      floor *= 1000;
    }
    factors[0]
      .use(systemsKernels)
      .solveTriangular(1, 1, 0, X.rows, k, damped.handle, k, X.handle, k, work);
    factors[0]
      .use(systemsKernels)
      .solveTriangular(1, 0, 0, X.rows, k, damped.handle, k, X.handle, k, work);
  }

  return {
    parameters,
    apply(loss) {
      const rho = Math.sqrt((2 * loss) / density);
      const level = rho * strength;
      const unit = depth === 2 || !(level > 0) ? level : power(level, 1 / (depth - 1));
      formGrams();
      for (let l = 0; l <= last; l++) {
        const { rateScale, gradient } = parameters[l];
        if (rateScale === 0) continue;
        factors[l].gradient.copyTo(gradient);
        const above = depth - before[l] - carriers[l];
        if (l === 0) {
          // It is kept transposed.
          divide(gradient, grams[0].left, unit, above);
          continue;
        }
        divide(gradient, grams[l - 1].right, unit, before[l]);
        if (l === last) continue;
        gradient.transposeTo(turned[l]);
        divide(turned[l], grams[l].left, unit, above);
        turned[l].transposeTo(gradient);
      }
    },
  };
}
