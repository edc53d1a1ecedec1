// How large the wide, overparameterized model is.

/** In f32: a parameter, its gradient and Adam's two moments. */
export const bytesPerParameter = 16;

/**
 * Parameters of the wide model: as many factors as the compressed product (the cores and two), all
 * as wide as the larger side of the matrix.
 */
export function wideParameters(rows: number, cols: number, cores: number): number {
  const width = Math.max(rows, cols);
  return width * cols + cores * width * width + rows * width;
}
