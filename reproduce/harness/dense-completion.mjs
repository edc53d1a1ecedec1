// Completion as the papers' code computes it: the whole rows x cols residual, times a mask.

/**
 * The same loss and gradient as `completion`, at the cost of a full matrix: the reference that the
 * scaling table has beside ours.
 */
export function denseCompletion({ rows, cols, rowIndices, colIndices, values }) {
  const size = rows * cols;
  const mask = new Uint8Array(size);
  const target = new Float64Array(size);
  for (let p = 0; p < values.length; p++) {
    const at = rowIndices[p] * cols + colIndices[p];
    mask[at] = 1;
    target[at] = values[p];
  }
  return {
    ...{ rows, cols, measurements: values.length, density: values.length / size },
    greatestDensity: () => 1,
    bind(job, dtype, kernels) {
      const phi = job.put(target);
      const R = job.allocate(dtype, size);
      const multiply = (width, x, out) =>
        kernels.gemm(0, 0, rows, width, cols, 1, R, cols, x, width, 0, out, width);
      return {
        multiply,
        residual(width, left, right, out) {
          kernels.gemm(0, 1, rows, cols, width, 1, left, width, right, width, 0, R, cols);
          kernels.axpy(size, -1, phi, R);
          const residual = job.view(dtype, R, size);
          for (let p = 0; p < size; p++) residual[p] *= mask[p];
          multiply(width, right, out);
          return 0.5 * kernels.sumOfSquares(size, R);
        },
        multiplyTransposed(width, x, out) {
          kernels.gemm(1, 0, cols, width, rows, 1, R, cols, x, width, 0, out, width);
        },
      };
    },
  };
}
