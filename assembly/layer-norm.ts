// Layer normalisation (Ba, Kiros, Hinton 2016) of rows, which lie one after the other:
//   y = weight z + bias,   z = (x - mean) / sqrt(variance + epsilon)
// A row stays in the inner cache for its passes. Order of additions: one accumulator a lane, lanes
// as in `sumLanes`, then the tail.
import { put, step, take } from "./elements";
import { at, lanes, multiplyAdd, sumLanes } from "./simd";

/** Keeps the mean and 1 / sqrt(variance + epsilon) of each row for the adjoint. */
// @kernel
export function layerNorm<T>(
  rows: i32, cols: i32, epsilon: f64, x: usize, weight: usize, bias: usize,
  y: usize, means: usize, scales: usize,
): void {
  const w = lanes<T>();
  const head = cols - (cols % w);
  const zero = v128.splat<T>(<T>0);
  for (let i = 0; i < rows; i++, x += at<T>(0, cols), y += at<T>(0, cols)) {
    let sums = zero;
    for (let j = 0; j < head; j += w) sums = v128.add<T>(sums, v128.load(at<T>(x, j)));
    let sum = sumLanes<T>(sums);
    for (let j = head; j < cols; j++) sum += load<T>(at<T>(x, j));
    const mean = sum / <T>cols;

    const center = v128.splat<T>(mean);
    sums = zero;
    for (let j = 0; j < head; j += w) {
      const d = v128.sub<T>(v128.load(at<T>(x, j)), center);
      sums = multiplyAdd<T>(d, d, sums);
    }
    let squares = sumLanes<T>(sums);
    for (let j = head; j < cols; j++) {
      const d = load<T>(at<T>(x, j)) - mean;
      squares += d * d;
    }
    const scale = <T>(1 / sqrt<f64>(<f64>squares / <f64>cols + epsilon));

    const size = v128.splat<T>(scale);
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      const z = v128.mul<T>(v128.sub<T>(take<T>(cols, j, x), center), size);
      put<T>(cols, j, y, multiplyAdd<T>(z, take<T>(cols, j, weight), take<T>(cols, j, bias)));
    }
    store<T>(at<T>(means, i), mean);
    store<T>(at<T>(scales, i), scale);
  }
}

/** dx = scale (g - mean(g) - z mean(g z)) with g = weight dy; dx may be dy. */
// @kernel
export function layerNormAdjoint<T>(
  rows: i32, cols: i32, x: usize, weight: usize, means: usize, scales: usize,
  dy: usize, dx: usize,
): void {
  const w = lanes<T>();
  const head = cols - (cols % w);
  const zero = v128.splat<T>(<T>0);
  for (let i = 0; i < rows; i++) {
    const mean = load<T>(at<T>(means, i));
    const scale = load<T>(at<T>(scales, i));
    const center = v128.splat<T>(mean);
    const size = v128.splat<T>(scale);
    let sums = zero;
    let products = zero;
    for (let j = 0; j < head; j += w) {
      const g = v128.mul<T>(v128.load(at<T>(dy, j)), v128.load(at<T>(weight, j)));
      const z = v128.mul<T>(v128.sub<T>(v128.load(at<T>(x, j)), center), size);
      sums = v128.add<T>(sums, g);
      products = multiplyAdd<T>(g, z, products);
    }
    let sum = sumLanes<T>(sums);
    let product = sumLanes<T>(products);
    for (let j = head; j < cols; j++) {
      const g: T = load<T>(at<T>(dy, j)) * load<T>(at<T>(weight, j));
      sum += g;
      product += g * ((load<T>(at<T>(x, j)) - mean) * scale);
    }
    const shift = v128.splat<T>(sum / <T>cols);
    const tilt = v128.splat<T>(product / <T>cols);
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      const g = v128.mul<T>(take<T>(cols, j, dy), take<T>(cols, j, weight));
      const z = v128.mul<T>(v128.sub<T>(take<T>(cols, j, x), center), size);
      const rest = v128.sub<T>(v128.sub<T>(g, shift), v128.mul<T>(z, tilt));
      put<T>(cols, j, dx, v128.mul<T>(size, rest));
    }
    x += at<T>(0, cols);
    dy += at<T>(0, cols);
    dx += at<T>(0, cols);
  }
}

/** dWeight += sum of dy z, dBias += sum of dy, over the rows, ascending. */
// @kernel
export function layerNormWeightAdjoint<T>(
  rows: i32, cols: i32, x: usize, means: usize, scales: usize, dy: usize,
  dWeight: usize, dBias: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const center = v128.load_splat<T>(at<T>(means, i));
    const size = v128.load_splat<T>(at<T>(scales, i));
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      const g = take<T>(cols, j, dy);
      const z = v128.mul<T>(v128.sub<T>(take<T>(cols, j, x), center), size);
      put<T>(cols, j, dWeight, multiplyAdd<T>(g, z, take<T>(cols, j, dWeight)));
      put<T>(cols, j, dBias, v128.add<T>(take<T>(cols, j, dBias), g));
    }
    x += at<T>(0, cols);
    dy += at<T>(0, cols);
  }
}
