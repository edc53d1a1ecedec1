import { checkFinite, checkMatrix } from "../../linalg/check.js";
import type { Matrix } from "../../linalg/matrix.js";
import { Block, basicKernels, type DType, type Job, productsKernels } from "../../wasm/index.js";
import { denseProducts } from "./dense-residual.js";
import type { BoundProblem, Problem } from "./problem.js";
import { flipSigns } from "./random-signs.js";

/**
 * The fully observed problem: loss(X) = 1/2 |X - target|², gradient X - target.
 *
 * 6 rows cols width operations an evaluation with both products of the gradient; keeps target and
 * residual, 2 rows cols numbers.
 *
 * @param target - the matrix to factorize: not empty, every entry finite.
 * @throws RangeError when it is empty or an entry is not finite.
 */
export function factorization(target: Matrix): Problem {
  checkMatrix("factorization", "target", target);
  const { rows, cols } = target;
  if (rows === 0 || cols === 0) {
    throw new RangeError(`factorization: target is ${rows} x ${cols}: it must not be empty`);
  }
  checkFinite("factorization", "target", target);
  return {
    rows,
    cols,
    measurements: rows * cols,
    density: 1,
    greatestDensity: () => 1,
    bind: (job, dtype) => bind(target, job, dtype),
  };
}

function bind(target: Matrix, job: Job, dtype: DType): BoundProblem {
  // It is not a copy: its array may have been transferred since.
  checkMatrix("factorization", "target", target);
  const { rows, cols } = target;
  const kernels = job.use(basicKernels)[dtype];
  const phi = Block.put(job, target.dtype === dtype ? target : target.astype(dtype));
  const R = Block.allocate(job, dtype, rows, cols);
  const { gemm } = R.use(productsKernels);
  const products = denseProducts(R);
  return {
    ...products,
    residual(width, left, right, out) {
      gemm(0, 1, rows, cols, width, 1, left, width, right, width, 0, R.handle, cols);
      kernels.axpy(R.length, -1, phi.handle, R.handle);
      products.multiply(width, right, out);
      return 0.5 * kernels.sumOfSquares(R.length, R.handle);
    },
    randomizeSigns: (seed) => flipSigns(R.view(), seed),
  };
}
