// What the WebAssembly module exports, once for each element type. This interface is the one line
// that a new kernel needs here; the suffixes _f32 and _f64 of assembly/index.ts are taken off.

/** Element type of matrices and kernels. */
export type DType = "f32" | "f64";

declare const handleBrand: unique symbol;
/**
 * A place in a job's memory. Opaque: only `src/wasm` makes one and kernels take it. At run time it
 * is the byte address, so passing one costs nothing.
 */
export type Handle = number & { readonly [handleBrand]: true };

/** 0 or 1: a flag as kernels take it. */
export type Flag = 0 | 1;

/** The kernels of one element type, bound to one instance. Sizes count elements; strides too. */
export interface Kernels {
  dot(n: number, x: Handle, y: Handle): number;
  axpy(n: number, alpha: number, x: Handle, y: Handle): void;
  scal(n: number, alpha: number, x: Handle): void;
  nrm2(n: number, x: Handle): number;
  amax(n: number, x: Handle): number;
  sum(n: number, x: Handle): number;
  sumOfSquares(n: number, x: Handle): number;
  firstNonFinite(n: number, x: Handle): number;
  exp(n: number, x: Handle, y: Handle): void;
  log(n: number, x: Handle, y: Handle): void;
  tanh(n: number, x: Handle, y: Handle): void;
  erf(n: number, x: Handle, y: Handle): void;
  sin(n: number, x: Handle, y: Handle): void;
  cos(n: number, x: Handle, y: Handle): void;
  // biome-ignore format: one kernel a line
  uniform(n: number, seedLow: number, seedHigh: number, stream: number, start: number, x: Handle): void;
  // biome-ignore format: one kernel a line
  normal(n: number, seedLow: number, seedHigh: number, stream: number, start: number, x: Handle): void;
  // biome-ignore format: one kernel a line
  gemm(transposeA: Flag, transposeB: Flag, m: number, n: number, k: number, alpha: number, a: Handle, lda: number, b: Handle, ldb: number, beta: number, c: Handle, ldc: number): void;
  packedBytes(k: number, n: number): number;
  // biome-ignore format: one kernel a line
  packB(transposeB: Flag, k: number, n: number, b: Handle, ldb: number, packed: Handle): void;
  // biome-ignore format: one kernel a line
  gemmPacked(transposeA: Flag, m: number, n: number, k: number, alpha: number, a: Handle, lda: number, packed: Handle, beta: number, c: Handle, ldc: number): void;
  // biome-ignore format: one kernel a line
  syrk(transposeA: Flag, n: number, k: number, alpha: number, a: Handle, lda: number, c: Handle, ldc: number): void;
  // biome-ignore format: one kernel a line
  sampledProduct(rows: number, k: number, rowStart: Handle, cols: Handle, left: Handle, right: Handle, out: Handle): void;
  // biome-ignore format: one kernel a line
  sampledResidual(rows: number, k: number, rowStart: Handle, cols: Handle, left: Handle, right: Handle, values: Handle, residual: Handle): number;
  // biome-ignore format: one kernel a line
  sparseTimesDense(rows: number, k: number, rowStart: Handle, cols: Handle, values: Handle, dense: Handle, out: Handle, accumulate?: Flag): void;
  // biome-ignore format: one kernel a line
  residualTimesDense(rows: number, k: number, rowStart: Handle, cols: Handle, left: Handle, right: Handle, values: Handle, residual: Handle, out: Handle, accumulate: Flag): number;
  // biome-ignore format: one kernel a line
  sparseTimesDenseVia(rows: number, k: number, start: Handle, index: Handle, position: Handle, values: Handle, dense: Handle, out: Handle, accumulate?: Flag): void;
  // biome-ignore format: one kernel a line
  patternTimesDense(rows: number, k: number, rowStart: Handle, cols: Handle, scale: Handle, dense: Handle, out: Handle): void;
  // biome-ignore format: one kernel a line
  patternTimesScaledDense(rows: number, k: number, start: Handle, index: Handle, scale: Handle, dense: Handle, out: Handle): void;
  gdStep(n: number, rate: number, weightDecay: number, gradient: Handle, x: Handle): void;
  // biome-ignore format: one kernel a line
  momentumStep(n: number, rate: number, beta: number, nesterov: Flag, weightDecay: number, gradient: Handle, velocity: Handle, x: Handle): void;
  // biome-ignore format: one kernel a line
  adamStep(n: number, rate: number, beta1: number, beta2: number, epsilon: number, correction1: number, correction2: number, weightDecay: number, decoupled: Flag, gradient: Handle, m: Handle, v: Handle, x: Handle): void;
  // biome-ignore format: one kernel a line
  adamRowsStep(rows: number, k: number, rate: number, beta1: number, beta2: number, epsilon: number, correction1: number, correction2: number, decay: Handle, gradient: Handle, m: Handle, v: Handle, x: Handle): void;
  // biome-ignore format: one kernel a line
  subtractBiases(rows: number, rowStart: Handle, cols: Handle, rowBias: Handle, colBias: Handle, values: Handle, out: Handle): void;
  sumSlots(rows: number, rowStart: Handle, values: Handle, out: Handle): void;
  // biome-ignore format: one kernel a line
  sumSlotsVia(rows: number, start: Handle, position: Handle, values: Handle, out: Handle): void;
  transpose(m: number, n: number, a: Handle, lda: number, b: Handle, ldb: number): void;
  // biome-ignore format: one kernel a line
  embed(m: number, n: number, filled: number, a: Handle, lda: number, b: Handle, ldb: number): void;
  fromDoubles(n: number, x: Handle, y: Handle): void;
  gemv(m: number, n: number, a: Handle, lda: number, x: Handle, y: Handle): void;
  // biome-ignore format: one kernel a line
  gemvTransposed(m: number, n: number, alpha: number, a: Handle, lda: number, x: Handle, y: Handle): void;
  qrWorkspace(m: number, n: number): number;
  qrFactor(m: number, n: number, a: Handle, lda: number, tau: Handle, work: Handle): void;
  // biome-ignore format: one kernel a line
  formQ(m: number, n: number, k: number, a: Handle, lda: number, tau: Handle, q: Handle, ldq: number, work: Handle): void;
  // biome-ignore format: one kernel a line
  thinQr(m: number, n: number, a: Handle, lda: number, tau: Handle, q: Handle, ldq: number, work: Handle): void;
  applyReflectorsWorkspace(m: number, n: number): number;
  // biome-ignore format: one kernel a line
  applyReflectors(transpose: Flag, m: number, n: number, k: number, v: Handle, ldv: number, tau: Handle, c: Handle, ldc: number, work: Handle): void;
  bidiagonalizeWorkspace(m: number, n: number): number;
  // biome-ignore format: one kernel a line
  bidiagonalize(m: number, n: number, a: Handle, lda: number, d: Handle, e: Handle, tauQ: Handle, p: Handle, tauP: Handle, work: Handle): void;
  // biome-ignore format: one kernel a line
  fixSigns(k: number, m: number, u: Handle, ldu: number, n: number, v: Handle, ldv: number): void;
  tridiagonalizeWorkspace(n: number): number;
  // biome-ignore format: one kernel a line
  tridiagonalize(n: number, a: Handle, lda: number, d: Handle, e: Handle, tau: Handle, work: Handle): void;
  // biome-ignore format: one kernel a line
  pivotedQrFactor(m: number, n: number, a: Handle, lda: number, tau: Handle, pivots: Handle): void;
  findAsymmetry(n: number, a: Handle, lda: number, tolerance: number): number;
  luFactor(n: number, a: Handle, lda: number, pivots: Handle, work: Handle): number;
  // biome-ignore format: one kernel a line
  luSolve(m: number, n: number, a: Handle, lda: number, pivots: Handle, b: Handle, ldb: number, work: Handle): void;
  cholesky(n: number, a: Handle, lda: number, work: Handle): number;
  triangularWorkspace(): number;
  // biome-ignore format: one kernel a line
  solveTriangular(lower: Flag, transpose: Flag, unit: Flag, m: number, n: number, t: Handle, ldt: number, b: Handle, ldb: number, work: Handle): void;
  gelu(n: number, x: Handle, y: Handle): void;
  geluAdjoint(n: number, x: Handle, y: Handle, dy: Handle, dx: Handle): void;
  relu(n: number, x: Handle, y: Handle): void;
  reluAdjoint(n: number, y: Handle, dy: Handle, dx: Handle): void;
  tanhAdjoint(n: number, y: Handle, dy: Handle, dx: Handle): void;
  // biome-ignore format: one kernel a line
  dropout(n: number, probability: number, seedLow: number, seedHigh: number, stream: number, start: number, x: Handle, y: Handle): void;
  softmax(rows: number, cols: number, x: Handle): void;
  softmaxAdjoint(rows: number, cols: number, p: Handle, dx: Handle): void;
  // biome-ignore format: one kernel a line
  layerNorm(rows: number, cols: number, epsilon: number, x: Handle, weight: Handle, bias: Handle, y: Handle, means: Handle, scales: Handle): void;
  // biome-ignore format: one kernel a line
  layerNormAdjoint(rows: number, cols: number, x: Handle, weight: Handle, means: Handle, scales: Handle, dy: Handle, dx: Handle): void;
  // biome-ignore format: one kernel a line
  layerNormWeightAdjoint(rows: number, cols: number, x: Handle, means: Handle, scales: Handle, dy: Handle, dWeight: Handle, dBias: Handle): void;
  storeHalves(n: number, x: Handle, y: Handle): void;
  // biome-ignore format: one kernel a line
  expandHalves(n: number, cols: number, index: Handle | 0, x: Handle, y: Handle): void;
  storeBytes(rows: number, cols: number, x: Handle, scales: Handle, y: Handle): void;
  // biome-ignore format: one kernel a line
  expandBytes(n: number, cols: number, index: Handle | 0, scales: Handle, x: Handle, y: Handle): void;
  fillRows(rows: number, cols: number, x: Handle, y: Handle): void;
  addColumnSums(rows: number, cols: number, x: Handle, y: Handle): void;
  gatherRows(n: number, cols: number, table: Handle, index: Handle, y: Handle): void;
  addGatheredRows(n: number, cols: number, table: Handle, index: Handle, y: Handle): void;
  scatterRows(n: number, cols: number, index: Handle, x: Handle, table: Handle): void;
  segmentMeans(segments: number, cols: number, start: Handle, x: Handle, y: Handle): void;
  segmentMeansAdjoint(segments: number, cols: number, start: Handle, dy: Handle, dx: Handle): void;
  crossEntropy(rows: number, classes: number, x: Handle, labels: Handle, gradient: Handle): number;
  squaredError(n: number, x: Handle, target: Handle, gradient: Handle): number;
}

/** What exists in f64 only: the last stages, on two vectors, which f32 shares. */
export interface DoubleKernels extends Kernels {
  // biome-ignore format: one kernel a line
  bidiagonalQr(n: number, d: Handle, e: Handle, lenU: number, u: Handle, ldu: number, lenV: number, v: Handle, ldv: number): number;
  bidiagonalSvdWorkspace(n: number): number;
  // biome-ignore format: one kernel a line
  bidiagonalSvd(n: number, d: Handle, e: Handle, wantU: Flag, u: Handle, ldu: number, v: Handle, ldv: number, work: Handle): number;
  // biome-ignore format: one kernel a line
  tridiagonalEigen(n: number, d: Handle, e: Handle, vectors: Flag, v: Handle, work: Handle): number;
  // biome-ignore format: one kernel a line
  jacobi(n: number, m: number, x: Handle, ldx: number, y: Handle, ldy: number, lengths: Handle, work: Handle): number;
}

/** The kernels of one element type among an instance's exports. */
export function bindKernels(exports: WebAssembly.Exports, dtype: DType): DoubleKernels {
  const suffix = `_${dtype}`;
  const bound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (name.endsWith(suffix)) bound[name.slice(0, -suffix.length)] = value;
  }
  return bound as unknown as DoubleKernels;
}
