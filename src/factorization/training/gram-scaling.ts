import { power } from "../../linalg/elementary.js";
import { Matrix } from "../../linalg/matrix.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import type { NetworkDescription } from "../models/deep-linear-network.js";
import type { BoundNetwork } from "./bound-network.js";

/** Gradients of a bound network, scaled by the Gram matrices of what surrounds each factor. */
export interface GramScaling {
  /** What `apply` made, in the layout of the network's gradients. */
  readonly gradients: readonly Handle[];
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
const leastDamping = 10;

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
 *
 * @param ratios - of each factor's rate; those at 0 are left out.
 * @param density - the problem's p: rho² = 2 loss / p.
 */
export function gramScaling(
  job: Job,
  dtype: DType,
  network: BoundNetwork,
  { widths, shares, scales }: NetworkDescription,
  ratios: readonly number[],
  density: number,
  damping: number,
): GramScaling {
  const kernels = job.kernels(dtype);
  const { parameters } = network;
  const handles = parameters.map(({ handle }) => handle);
  const last = parameters.length - 1;
  const square = (l: number) => job.allocate(dtype, widths[l] * widths[l]);
  /** Of what is right of factor l, BB' (widths[l] wide), and left of it, A'A (widths[l + 1]). */
  const right = parameters.map((_, l) => (l === 0 ? undefined : square(l)));
  const left = parameters.map((_, l) => (l === last ? undefined : square(l + 1)));
  const most = Math.max(...widths.slice(1, -1));
  const damped = job.allocate(dtype, most * most);
  const product = job.allocate(dtype, most * most);
  const identities = new Map(
    widths.slice(1, -1).map((k) => [k, job.put(Matrix.identity(k, k, { dtype }).data)]),
  );
  const work = job.allocateBytes(kernels.triangularWorkspace());
  const gradients = parameters.map(({ length }) => job.allocateZeros(dtype, length));
  const one = job.put(Float64Array.of(1));
  const number = job.allocateZeros("f64", 1);

  const carriers = shares.map((share) => (share > 0 ? 1 : 0) as number);
  const depth = carriers.reduce((sum, carrier) => sum + carrier, 0);
  const before = shares.map((_, l) => carriers.slice(0, l).reduce((sum, x) => sum + x, 0));
  const start = scales.reduce((value, scale, l) => (carriers[l] ? value * scale : value), 1);
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const between = shares[0] > 0 ? 1 : betweenFrames;
  const strength =
    total > 0
      ? (damping * between * power(Float64Array.of(start), 1 - 2 / depth)[0]) / (growth * total)
      : 0;
  const eps = dtype === "f32" ? 2 ** -23 : 2 ** -52;

  /** The root of that degree, by the kernels: it allocates nothing. */
  function root(x: number, degree: number): number {
    if (degree === 1 || !(x > 0)) return x;
    job.f64.scal(1, 0, number);
    job.f64.axpy(1, x, one, number);
    job.f64.log(1, number, number);
    job.f64.scal(1, 1 / degree, number);
    job.f64.exp(1, number, number);
    return job.f64.dot(1, one, number);
  }

  function formGrams(): void {
    const multiply = kernels.gemm;
    for (let l = 0; l < last; l++) {
      const [n, k] = [widths[l], widths[l + 1]];
      const to = right[l + 1] as Handle;
      if (l === 0) multiply(1, 0, k, k, n, 1, handles[0], k, handles[0], k, 0, to, k);
      else {
        multiply(0, 0, k, n, n, 1, handles[l], n, right[l] as Handle, n, 0, product, n);
        multiply(0, 1, k, k, n, 1, product, n, handles[l], n, 0, to, k);
      }
    }
    for (let l = last; l > 0; l--) {
      const [n, k] = [widths[l + 1], widths[l]];
      const to = left[l - 1] as Handle;
      if (l === last) multiply(1, 0, k, k, n, 1, handles[l], k, handles[l], k, 0, to, k);
      else {
        multiply(1, 0, k, n, n, 1, handles[l], k, left[l] as Handle, n, 0, product, n);
        multiply(0, 0, k, k, n, 1, product, n, handles[l], k, 0, to, k);
      }
    }
  }

  /** x (rows x k) <- x inv(gram + mu^(2 share) I), mu^(2 share) = unit^carriers. */
  function divide(rows: number, k: number, x: Handle, gram: Handle, unit: number, count: number) {
    let lambda = count > 0 ? 1 : 0;
    for (let i = 0; i < count; i++) lambda *= unit;
    const norm = kernels.nrm2(k * k, gram);
    let least = norm > 0 ? leastDamping * eps * norm : 1;
    let failed = 0;
    // Rounding can leave a Gram matrix indefinite by more than that: then more of it.
    for (let attempt = 0; attempt < 4 && failed >= 0; attempt++) {
      kernels.embed(k, k, k, gram, k, damped, k);
      kernels.axpy(k * k, lambda + least, identities.get(k) as Handle, damped);
      failed = kernels.cholesky(k, damped, k, work);
      least *= 1000;
    }
    kernels.solveTriangular(1, 1, 0, rows, k, damped, k, x, k, work);
    kernels.solveTriangular(1, 0, 0, rows, k, damped, k, x, k, work);
  }

  return {
    gradients,
    apply(loss) {
      const rho = Math.sqrt((2 * loss) / density);
      const unit = root(rho * strength, depth - 1);
      formGrams();
      for (let l = 0; l <= last; l++) {
        if (ratios[l] === 0) continue;
        const { rows, cols } = parameters[l];
        const x = gradients[l];
        kernels.embed(rows, cols, cols, network.gradients[l], cols, x, cols);
        const above = depth - before[l] - carriers[l];
        if (l === 0) {
          divide(rows, cols, x, left[0] as Handle, unit, above);
          continue;
        }
        divide(rows, cols, x, right[l] as Handle, unit, before[l]);
        if (l === last) continue;
        kernels.transpose(rows, cols, x, cols, product, rows);
        divide(cols, rows, product, left[l] as Handle, unit, above);
        kernels.transpose(cols, rows, product, rows, x, cols);
      }
    },
  };
}
