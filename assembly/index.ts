// The ABI: one export a line, the f32 and f64 instance of each generic kernel. Names end in the
// element type; what comes before is the key under which src/wasm/kernels.ts declares it. Long
// because WebAssembly knows no generics: every kernel stands here twice, and nothing else does.

import * as biases from "./biases";
import * as bidiagonal from "./bidiagonal";
import * as bidiagonalQr from "./bidiagonal-qr";
import * as bidiagonalSvd from "./bidiagonal-svd";
import { cholesky } from "./cholesky";
import { gemm, gemmPacked, packB, packedBytes, syrk } from "./gemm";
import * as householder from "./householder";
import * as jacobi from "./jacobi";
import * as layerNormalization from "./layer-norm";
import * as level1 from "./level1";
import * as level2 from "./level2";
import * as losses from "./losses";
import * as lu from "./lu";
import * as math from "./math";
import * as network from "./network";
import * as optimizer from "./optimizer";
import * as pivotedQr from "./pivoted-qr";
import * as qr from "./qr";
import * as random from "./random";
import * as rows from "./rows";
import * as sampled from "./sampled";
import * as signs from "./signs";
import * as softmaxRows from "./softmax";
import * as storage from "./storage";
import { findAsymmetry } from "./symmetric";
import * as transposition from "./transpose";
import * as triangular from "./triangular";
import * as tridiagonal from "./tridiagonal";
import * as tridiagonalEigen from "./tridiagonal-eigen";

/** First byte that no static data occupies: the allocator of the host starts here. */
export function heapBase(): usize {
  return __heap_base;
}

export function dot_f32(n: i32, x: usize, y: usize): f32 {
  return level1.dot<f32>(n, x, y);
}
export function dot_f64(n: i32, x: usize, y: usize): f64 {
  return level1.dot<f64>(n, x, y);
}
export function axpy_f32(n: i32, alpha: f32, x: usize, y: usize): void {
  level1.axpy<f32>(n, alpha, x, y);
}
export function axpy_f64(n: i32, alpha: f64, x: usize, y: usize): void {
  level1.axpy<f64>(n, alpha, x, y);
}
export function scal_f32(n: i32, alpha: f32, x: usize): void {
  level1.scal<f32>(n, alpha, x);
}
export function scal_f64(n: i32, alpha: f64, x: usize): void {
  level1.scal<f64>(n, alpha, x);
}
export function nrm2_f32(n: i32, x: usize): f32 {
  return level1.nrm2<f32>(n, x);
}
export function nrm2_f64(n: i32, x: usize): f64 {
  return level1.nrm2<f64>(n, x);
}
export function amax_f32(n: i32, x: usize): f32 {
  return level1.amax<f32>(n, x);
}
export function amax_f64(n: i32, x: usize): f64 {
  return level1.amax<f64>(n, x);
}
export function sum_f32(n: i32, x: usize): f32 {
  return level1.sum<f32>(n, x);
}
export function sum_f64(n: i32, x: usize): f64 {
  return level1.sum<f64>(n, x);
}
export function sumOfSquares_f32(n: i32, x: usize): f64 { return level1.sumOfSquares<f32>(n, x); }
export function sumOfSquares_f64(n: i32, x: usize): f64 { return level1.sumOfSquares<f64>(n, x); }
export function firstNonFinite_f32(n: i32, x: usize): i32 {
  return level1.firstNonFinite<f32>(n, x);
}
export function firstNonFinite_f64(n: i32, x: usize): i32 {
  return level1.firstNonFinite<f64>(n, x);
}
export function exp_f32(n: i32, x: usize, y: usize): void {
  math.exp<f32>(n, x, y);
}
export function exp_f64(n: i32, x: usize, y: usize): void {
  math.exp<f64>(n, x, y);
}
export function log_f32(n: i32, x: usize, y: usize): void {
  math.log<f32>(n, x, y);
}
export function log_f64(n: i32, x: usize, y: usize): void {
  math.log<f64>(n, x, y);
}
export function tanh_f32(n: i32, x: usize, y: usize): void {
  math.tanh<f32>(n, x, y);
}
export function tanh_f64(n: i32, x: usize, y: usize): void {
  math.tanh<f64>(n, x, y);
}
export function erf_f32(n: i32, x: usize, y: usize): void {
  math.erf<f32>(n, x, y);
}
export function erf_f64(n: i32, x: usize, y: usize): void {
  math.erf<f64>(n, x, y);
}
export function sin_f32(n: i32, x: usize, y: usize): void {
  math.sin<f32>(n, x, y);
}
export function sin_f64(n: i32, x: usize, y: usize): void {
  math.sin<f64>(n, x, y);
}
export function cos_f32(n: i32, x: usize, y: usize): void {
  math.cos<f32>(n, x, y);
}
export function cos_f64(n: i32, x: usize, y: usize): void {
  math.cos<f64>(n, x, y);
}
/** One block of the generator, for tests against its published answers: four words at `out`. */
export function philox(
  c0: i32,
  c1: i32,
  c2: i32,
  c3: i32,
  key0: i32,
  key1: i32,
  out: usize,
): void {
  v128.store(out, random.philox(i32x4(c0, c1, c2, c3), key0, key1));
}
export function uniform_f32(
  n: i32,
  seedLow: i32,
  seedHigh: i32,
  stream: i32,
  start: f64,
  x: usize,
): void {
  random.uniform<f32>(n, seedLow, seedHigh, stream, start, x);
}
export function uniform_f64(
  n: i32,
  seedLow: i32,
  seedHigh: i32,
  stream: i32,
  start: f64,
  x: usize,
): void {
  random.uniform<f64>(n, seedLow, seedHigh, stream, start, x);
}
export function normal_f32(
  n: i32,
  seedLow: i32,
  seedHigh: i32,
  stream: i32,
  start: f64,
  x: usize,
): void {
  random.normal<f32>(n, seedLow, seedHigh, stream, start, x);
}
export function normal_f64(
  n: i32,
  seedLow: i32,
  seedHigh: i32,
  stream: i32,
  start: f64,
  x: usize,
): void {
  random.normal<f64>(n, seedLow, seedHigh, stream, start, x);
}
export function gemm_f32(
  ta: i32,
  tb: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f32,
  c: usize,
  ldc: i32,
): void {
  gemm<f32>(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
export function gemm_f64(
  ta: i32,
  tb: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f64,
  c: usize,
  ldc: i32,
): void {
  gemm<f64>(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
export function packedBytes_f32(
  k: f64,
  n: f64,
): f64 {
  return packedBytes<f32>(k, n);
}
export function packedBytes_f64(
  k: f64,
  n: f64,
): f64 {
  return packedBytes<f64>(k, n);
}
export function packB_f32(
  tb: i32,
  k: i32,
  n: i32,
  b: usize,
  ldb: i32,
  packed: usize,
): void {
  packB<f32>(tb, k, n, b, ldb, packed);
}
export function packB_f64(
  tb: i32,
  k: i32,
  n: i32,
  b: usize,
  ldb: i32,
  packed: usize,
): void {
  packB<f64>(tb, k, n, b, ldb, packed);
}
export function gemmPacked_f32(
  ta: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  packed: usize,
  beta: f32,
  c: usize,
  ldc: i32,
): void {
  gemmPacked<f32>(ta, m, n, k, alpha, a, lda, packed, beta, c, ldc);
}
export function gemmPacked_f64(
  ta: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  lda: i32,
  packed: usize,
  beta: f64,
  c: usize,
  ldc: i32,
): void {
  gemmPacked<f64>(ta, m, n, k, alpha, a, lda, packed, beta, c, ldc);
}
export function syrk_f32(
  ta: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  c: usize,
  ldc: i32,
): void {
  syrk<f32>(ta, n, k, alpha, a, lda, c, ldc);
}
export function syrk_f64(
  ta: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  lda: i32,
  c: usize,
  ldc: i32,
): void {
  syrk<f64>(ta, n, k, alpha, a, lda, c, ldc);
}
export function sampledProduct_f32(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  left: usize,
  right: usize,
  out: usize,
): void {
  sampled.sampledProduct<f32>(rows, k, rowStart, cols, left, right, out);
}
export function sampledProduct_f64(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  left: usize,
  right: usize,
  out: usize,
): void {
  sampled.sampledProduct<f64>(rows, k, rowStart, cols, left, right, out);
}
export function sampledResidual_f32(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  left: usize,
  right: usize,
  values: usize,
  residual: usize,
): f64 {
  return sampled.sampledResidual<f32>(rows, k, rowStart, cols, left, right, values, residual);
}
export function sampledResidual_f64(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  left: usize,
  right: usize,
  values: usize,
  residual: usize,
): f64 {
  return sampled.sampledResidual<f64>(rows, k, rowStart, cols, left, right, values, residual);
}
export function sparseTimesDense_f32(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  values: usize, dense: usize, out: usize, accumulate: i32,
): void {
  sampled.sparseTimesDense<f32>(rows, k, rowStart, cols, values, dense, out, accumulate);
}
export function sparseTimesDense_f64(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  values: usize, dense: usize, out: usize, accumulate: i32,
): void {
  sampled.sparseTimesDense<f64>(rows, k, rowStart, cols, values, dense, out, accumulate);
}
export function residualTimesDense_f32(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, residual: usize, out: usize, accumulate: i32,
): f64 {
  return sampled.residualTimesDense<f32>(
    rows, k, rowStart, cols, left, right, values, residual, out, accumulate,
  );
}
export function residualTimesDense_f64(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, residual: usize, out: usize, accumulate: i32,
): f64 {
  return sampled.residualTimesDense<f64>(
    rows, k, rowStart, cols, left, right, values, residual, out, accumulate,
  );
}
export function sparseTimesDenseVia_f32(
  rows: i32, k: i32, start: usize, index: usize, position: usize,
  values: usize, dense: usize, out: usize, accumulate: i32,
): void {
  sampled.sparseTimesDenseVia<f32>(
    rows, k, start, index, position, values, dense, out, accumulate,
  );
}
export function sparseTimesDenseVia_f64(
  rows: i32, k: i32, start: usize, index: usize, position: usize,
  values: usize, dense: usize, out: usize, accumulate: i32,
): void {
  sampled.sparseTimesDenseVia<f64>(
    rows, k, start, index, position, values, dense, out, accumulate,
  );
}
export function patternTimesDense_f32(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  scale: usize,
  dense: usize,
  out: usize,
): void {
  sampled.patternTimesDense<f32>(rows, k, rowStart, cols, scale, dense, out);
}
export function patternTimesDense_f64(
  rows: i32,
  k: i32,
  rowStart: usize,
  cols: usize,
  scale: usize,
  dense: usize,
  out: usize,
): void {
  sampled.patternTimesDense<f64>(rows, k, rowStart, cols, scale, dense, out);
}
export function patternTimesScaledDense_f32(
  rows: i32,
  k: i32,
  start: usize,
  index: usize,
  scale: usize,
  dense: usize,
  out: usize,
): void {
  sampled.patternTimesScaledDense<f32>(rows, k, start, index, scale, dense, out);
}
export function patternTimesScaledDense_f64(
  rows: i32,
  k: i32,
  start: usize,
  index: usize,
  scale: usize,
  dense: usize,
  out: usize,
): void {
  sampled.patternTimesScaledDense<f64>(rows, k, start, index, scale, dense, out);
}
export function gdStep_f32(
  n: i32,
  rate: f64,
  weightDecay: f64,
  gradient: usize,
  x: usize,
): void {
  optimizer.gdStep<f32>(n, rate, weightDecay, gradient, x);
}
export function gdStep_f64(
  n: i32,
  rate: f64,
  weightDecay: f64,
  gradient: usize,
  x: usize,
): void {
  optimizer.gdStep<f64>(n, rate, weightDecay, gradient, x);
}
export function momentumStep_f32(
  n: i32,
  rate: f64,
  beta: f64,
  nesterov: i32,
  weightDecay: f64,
  gradient: usize,
  velocity: usize,
  x: usize,
): void {
  optimizer.momentumStep<f32>(n, rate, beta, nesterov, weightDecay, gradient, velocity, x);
}
export function momentumStep_f64(
  n: i32,
  rate: f64,
  beta: f64,
  nesterov: i32,
  weightDecay: f64,
  gradient: usize,
  velocity: usize,
  x: usize,
): void {
  optimizer.momentumStep<f64>(n, rate, beta, nesterov, weightDecay, gradient, velocity, x);
}
export function adamStep_f32(
  n: i32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  correction1: f64,
  correction2: f64,
  weightDecay: f64,
  decoupled: i32,
  gradient: usize,
  m: usize,
  v: usize,
  x: usize,
): void {
  optimizer.adamStep<f32>(
    n, rate, beta1, beta2, epsilon, correction1,
    correction2, weightDecay, decoupled, gradient, m, v, x,
  );
}
export function adamStep_f64(
  n: i32,
  rate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  correction1: f64,
  correction2: f64,
  weightDecay: f64,
  decoupled: i32,
  gradient: usize,
  m: usize,
  v: usize,
  x: usize,
): void {
  optimizer.adamStep<f64>(
    n, rate, beta1, beta2, epsilon, correction1,
    correction2, weightDecay, decoupled, gradient, m, v, x,
  );
}
export function adamRowsStep_f32(
  rows: i32, k: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64,
  correction1: f64, correction2: f64, decay: usize, gradient: usize, m: usize, v: usize, x: usize,
): void {
  optimizer.adamRowsStep<f32>(
    rows, k, rate, beta1, beta2, epsilon, correction1, correction2, decay, gradient, m, v, x,
  );
}
export function adamRowsStep_f64(
  rows: i32, k: i32, rate: f64, beta1: f64, beta2: f64, epsilon: f64,
  correction1: f64, correction2: f64, decay: usize, gradient: usize, m: usize, v: usize, x: usize,
): void {
  optimizer.adamRowsStep<f64>(
    rows, k, rate, beta1, beta2, epsilon, correction1, correction2, decay, gradient, m, v, x,
  );
}
export function sumSlots_f32(rows: i32, rowStart: usize, values: usize, out: usize): void {
  biases.sumSlots<f32>(rows, rowStart, values, out);
}
export function sumSlotsVia_f32(
  rows: i32, start: usize, position: usize, values: usize, out: usize,
): void {
  biases.sumSlotsVia<f32>(rows, start, position, values, out);
}
export function sumSlots_f64(rows: i32, rowStart: usize, values: usize, out: usize): void {
  biases.sumSlots<f64>(rows, rowStart, values, out);
}
export function sumSlotsVia_f64(
  rows: i32, start: usize, position: usize, values: usize, out: usize,
): void {
  biases.sumSlotsVia<f64>(rows, start, position, values, out);
}
export function subtractBiases_f32(
  rows: i32, rowStart: usize, cols: usize, rowBias: usize, colBias: usize,
  values: usize, out: usize,
): void {
  biases.subtractBiases<f32>(rows, rowStart, cols, rowBias, colBias, values, out);
}
export function subtractBiases_f64(
  rows: i32, rowStart: usize, cols: usize, rowBias: usize, colBias: usize,
  values: usize, out: usize,
): void {
  biases.subtractBiases<f64>(rows, rowStart, cols, rowBias, colBias, values, out);
}
export function transpose_f32(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  transposition.transpose<f32>(m, n, a, lda, b, ldb);
}
export function transpose_f64(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  transposition.transpose<f64>(m, n, a, lda, b, ldb);
}
export function embed_f32(
  m: i32, n: i32, filled: i32, a: usize, lda: i32, b: usize, ldb: i32,
): void {
  transposition.embed<f32>(m, n, filled, a, lda, b, ldb);
}
export function embed_f64(
  m: i32, n: i32, filled: i32, a: usize, lda: i32, b: usize, ldb: i32,
): void {
  transposition.embed<f64>(m, n, filled, a, lda, b, ldb);
}
export function fromDoubles_f32(n: i32, x: usize, y: usize): void {
  transposition.fromDoubles<f32>(n, x, y);
}
export function fromDoubles_f64(n: i32, x: usize, y: usize): void {
  transposition.fromDoubles<f64>(n, x, y);
}
export function gemv_f32(m: i32, n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  level2.gemv<f32>(m, n, a, lda, x, y);
}
export function gemv_f64(m: i32, n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  level2.gemv<f64>(m, n, a, lda, x, y);
}
export function gemvTransposed_f32(
  m: i32, n: i32, alpha: f32, a: usize, lda: i32, x: usize, y: usize,
): void {
  level2.gemvTransposed<f32>(m, n, alpha, a, lda, x, y);
}
export function gemvTransposed_f64(
  m: i32, n: i32, alpha: f64, a: usize, lda: i32, x: usize, y: usize,
): void {
  level2.gemvTransposed<f64>(m, n, alpha, a, lda, x, y);
}
export function qrWorkspace_f32(m: f64, n: f64): f64 {
  return qr.qrWorkspace<f32>(m, n);
}
export function qrWorkspace_f64(m: f64, n: f64): f64 {
  return qr.qrWorkspace<f64>(m, n);
}
export function qrFactor_f32(m: i32, n: i32, a: usize, lda: i32, tau: usize, work: usize): void {
  qr.qrFactor<f32>(m, n, a, lda, tau, work);
}
export function qrFactor_f64(m: i32, n: i32, a: usize, lda: i32, tau: usize, work: usize): void {
  qr.qrFactor<f64>(m, n, a, lda, tau, work);
}
export function formQ_f32(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  qr.formQ<f32>(m, n, k, a, lda, tau, q, ldq, work);
}
export function formQ_f64(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  qr.formQ<f64>(m, n, k, a, lda, tau, q, ldq, work);
}
export function thinQr_f32(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  qr.thinQr<f32>(m, n, a, lda, tau, q, ldq, work);
}
export function thinQr_f64(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, q: usize, ldq: i32, work: usize,
): void {
  qr.thinQr<f64>(m, n, a, lda, tau, q, ldq, work);
}
export function applyReflectorsWorkspace_f32(m: f64, n: f64): f64 {
  return householder.applyReflectorsWorkspace<f32>(m, n);
}
export function applyReflectorsWorkspace_f64(m: f64, n: f64): f64 {
  return householder.applyReflectorsWorkspace<f64>(m, n);
}
export function applyReflectors_f32(
  transpose: i32, m: i32, n: i32, k: i32, v: usize, ldv: i32, tau: usize, c: usize, ldc: i32,
  work: usize,
): void {
  householder.applyReflectors<f32>(transpose, m, n, k, v, ldv, tau, c, ldc, work);
}
export function applyReflectors_f64(
  transpose: i32, m: i32, n: i32, k: i32, v: usize, ldv: i32, tau: usize, c: usize, ldc: i32,
  work: usize,
): void {
  householder.applyReflectors<f64>(transpose, m, n, k, v, ldv, tau, c, ldc, work);
}
export function bidiagonalizeWorkspace_f32(m: f64, n: f64): f64 {
  return bidiagonal.bidiagonalizeWorkspace<f32>(m, n);
}
export function bidiagonalizeWorkspace_f64(m: f64, n: f64): f64 {
  return bidiagonal.bidiagonalizeWorkspace<f64>(m, n);
}
export function bidiagonalize_f32(
  m: i32, n: i32, a: usize, lda: i32, d: usize, e: usize, tauQ: usize, p: usize, tauP: usize,
  work: usize,
): void {
  bidiagonal.bidiagonalize<f32>(m, n, a, lda, d, e, tauQ, p, tauP, work);
}
export function bidiagonalize_f64(
  m: i32, n: i32, a: usize, lda: i32, d: usize, e: usize, tauQ: usize, p: usize, tauP: usize,
  work: usize,
): void {
  bidiagonal.bidiagonalize<f64>(m, n, a, lda, d, e, tauQ, p, tauP, work);
}
export function fixSigns_f32(k: i32, m: i32, u: usize, ldu: i32, n: i32, v: usize, ldv: i32): void {
  signs.fixSigns<f32>(k, m, u, ldu, n, v, ldv);
}
export function fixSigns_f64(k: i32, m: i32, u: usize, ldu: i32, n: i32, v: usize, ldv: i32): void {
  signs.fixSigns<f64>(k, m, u, ldu, n, v, ldv);
}
export function bidiagonalQr_f64(
  n: i32, d: usize, e: usize, lenU: i32, u: usize, ldu: i32, lenV: i32, v: usize, ldv: i32,
): i32 {
  return bidiagonalQr.bidiagonalQr(n, d, e, lenU, u, ldu, lenV, v, ldv);
}
export function tridiagonalizeWorkspace_f32(n: f64): f64 {
  return tridiagonal.tridiagonalizeWorkspace<f32>(n);
}
export function tridiagonalizeWorkspace_f64(n: f64): f64 {
  return tridiagonal.tridiagonalizeWorkspace<f64>(n);
}
export function tridiagonalize_f32(
  n: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, work: usize,
): void {
  tridiagonal.tridiagonalize<f32>(n, a, lda, d, e, tau, work);
}
export function tridiagonalize_f64(
  n: i32, a: usize, lda: i32, d: usize, e: usize, tau: usize, work: usize,
): void {
  tridiagonal.tridiagonalize<f64>(n, a, lda, d, e, tau, work);
}
export function tridiagonalEigen_f64(
  n: i32, d: usize, e: usize, vectors: i32, v: usize, work: usize,
): i32 {
  return tridiagonalEigen.tridiagonalEigen(n, d, e, vectors, v, work);
}
export function bidiagonalSvdWorkspace_f64(n: f64): f64 {
  return bidiagonalSvd.bidiagonalSvdWorkspace(n);
}
export function bidiagonalSvd_f64(
  n: i32, d: usize, e: usize, wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): i32 {
  return bidiagonalSvd.bidiagonalSvd(n, d, e, wantU, u, ldu, v, ldv, work);
}
export function pivotedQrFactor_f32(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, pivots: usize,
): void {
  pivotedQr.pivotedQrFactor<f32>(m, n, a, lda, tau, pivots);
}
export function pivotedQrFactor_f64(
  m: i32, n: i32, a: usize, lda: i32, tau: usize, pivots: usize,
): void {
  pivotedQr.pivotedQrFactor<f64>(m, n, a, lda, tau, pivots);
}
export function jacobi_f64(
  n: i32, m: i32, x: usize, ldx: i32, y: usize, ldy: i32, lengths: usize, work: usize,
): i32 {
  return jacobi.jacobi(n, m, x, ldx, y, ldy, lengths, work);
}
export function luFactor_f32(n: i32, a: usize, lda: i32, pivots: usize, work: usize): i32 {
  return lu.luFactor<f32>(n, a, lda, pivots, work);
}
export function luFactor_f64(n: i32, a: usize, lda: i32, pivots: usize, work: usize): i32 {
  return lu.luFactor<f64>(n, a, lda, pivots, work);
}
export function luSolve_f32(
  m: i32, n: i32, a: usize, lda: i32, pivots: usize, b: usize, ldb: i32, work: usize,
): void {
  lu.luSolve<f32>(m, n, a, lda, pivots, b, ldb, work);
}
export function luSolve_f64(
  m: i32, n: i32, a: usize, lda: i32, pivots: usize, b: usize, ldb: i32, work: usize,
): void {
  lu.luSolve<f64>(m, n, a, lda, pivots, b, ldb, work);
}
export function cholesky_f32(n: i32, a: usize, lda: i32, work: usize): i32 {
  return cholesky<f32>(n, a, lda, work);
}
export function cholesky_f64(n: i32, a: usize, lda: i32, work: usize): i32 {
  return cholesky<f64>(n, a, lda, work);
}
export function triangularWorkspace_f32(): f64 {
  return triangular.triangularWorkspace();
}
export function triangularWorkspace_f64(): f64 {
  return triangular.triangularWorkspace();
}
export function solveTriangular_f32(
  lower: i32, transpose: i32, unit: i32, m: i32, n: i32,
  t: usize, ldt: i32, b: usize, ldb: i32, work: usize,
): void {
  triangular.solveTriangular<f32>(lower, transpose, unit, m, n, t, ldt, b, ldb, work);
}
export function solveTriangular_f64(
  lower: i32, transpose: i32, unit: i32, m: i32, n: i32,
  t: usize, ldt: i32, b: usize, ldb: i32, work: usize,
): void {
  triangular.solveTriangular<f64>(lower, transpose, unit, m, n, t, ldt, b, ldb, work);
}
export function findAsymmetry_f32(n: i32, a: usize, lda: i32, tolerance: f32): i32 {
  return findAsymmetry<f32>(n, a, lda, tolerance);
}
export function findAsymmetry_f64(n: i32, a: usize, lda: i32, tolerance: f64): i32 {
  return findAsymmetry<f64>(n, a, lda, tolerance);
}
export function gelu_f32(n: i32, x: usize, y: usize): void {
  network.gelu<f32>(n, x, y);
}
export function gelu_f64(n: i32, x: usize, y: usize): void {
  network.gelu<f64>(n, x, y);
}
export function geluAdjoint_f32(n: i32, x: usize, y: usize, dy: usize, dx: usize): void {
  network.geluAdjoint<f32>(n, x, y, dy, dx);
}
export function geluAdjoint_f64(n: i32, x: usize, y: usize, dy: usize, dx: usize): void {
  network.geluAdjoint<f64>(n, x, y, dy, dx);
}
export function relu_f32(n: i32, x: usize, y: usize): void {
  network.relu<f32>(n, x, y);
}
export function relu_f64(n: i32, x: usize, y: usize): void {
  network.relu<f64>(n, x, y);
}
export function reluAdjoint_f32(n: i32, y: usize, dy: usize, dx: usize): void {
  network.reluAdjoint<f32>(n, y, dy, dx);
}
export function reluAdjoint_f64(n: i32, y: usize, dy: usize, dx: usize): void {
  network.reluAdjoint<f64>(n, y, dy, dx);
}
export function tanhAdjoint_f32(n: i32, y: usize, dy: usize, dx: usize): void {
  network.tanhAdjoint<f32>(n, y, dy, dx);
}
export function tanhAdjoint_f64(n: i32, y: usize, dy: usize, dx: usize): void {
  network.tanhAdjoint<f64>(n, y, dy, dx);
}
export function softmax_f32(rows: i32, cols: i32, x: usize): void {
  softmaxRows.softmax<f32>(rows, cols, x);
}
export function softmax_f64(rows: i32, cols: i32, x: usize): void {
  softmaxRows.softmax<f64>(rows, cols, x);
}
export function softmaxAdjoint_f32(rows: i32, cols: i32, p: usize, dx: usize): void {
  softmaxRows.softmaxAdjoint<f32>(rows, cols, p, dx);
}
export function softmaxAdjoint_f64(rows: i32, cols: i32, p: usize, dx: usize): void {
  softmaxRows.softmaxAdjoint<f64>(rows, cols, p, dx);
}
export function layerNorm_f32(
  rows: i32, cols: i32, epsilon: f64, x: usize, weight: usize, bias: usize,
  y: usize, means: usize, scales: usize,
): void {
  layerNormalization.layerNorm<f32>(rows, cols, epsilon, x, weight, bias, y, means, scales);
}
export function layerNorm_f64(
  rows: i32, cols: i32, epsilon: f64, x: usize, weight: usize, bias: usize,
  y: usize, means: usize, scales: usize,
): void {
  layerNormalization.layerNorm<f64>(rows, cols, epsilon, x, weight, bias, y, means, scales);
}
export function layerNormAdjoint_f32(
  rows: i32, cols: i32, x: usize, weight: usize, means: usize, scales: usize,
  dy: usize, dx: usize,
): void {
  layerNormalization.layerNormAdjoint<f32>(rows, cols, x, weight, means, scales, dy, dx);
}
export function layerNormAdjoint_f64(
  rows: i32, cols: i32, x: usize, weight: usize, means: usize, scales: usize,
  dy: usize, dx: usize,
): void {
  layerNormalization.layerNormAdjoint<f64>(rows, cols, x, weight, means, scales, dy, dx);
}
export function layerNormWeightAdjoint_f32(
  rows: i32, cols: i32, x: usize, means: usize, scales: usize, dy: usize,
  dWeight: usize, dBias: usize,
): void {
  layerNormalization.layerNormWeightAdjoint<f32>(rows, cols, x, means, scales, dy, dWeight, dBias);
}
export function layerNormWeightAdjoint_f64(
  rows: i32, cols: i32, x: usize, means: usize, scales: usize, dy: usize,
  dWeight: usize, dBias: usize,
): void {
  layerNormalization.layerNormWeightAdjoint<f64>(rows, cols, x, means, scales, dy, dWeight, dBias);
}
export function storeHalves_f32(n: i32, x: usize, y: usize): void {
  storage.storeHalves<f32>(n, x, y);
}
export function storeHalves_f64(n: i32, x: usize, y: usize): void {
  storage.storeHalves<f64>(n, x, y);
}
export function expandHalves_f32(n: i32, cols: i32, index: usize, x: usize, y: usize): void {
  storage.expandHalves<f32>(n, cols, index, x, y);
}
export function expandHalves_f64(n: i32, cols: i32, index: usize, x: usize, y: usize): void {
  storage.expandHalves<f64>(n, cols, index, x, y);
}
export function storeBytes_f32(
  rowCount: i32, cols: i32, x: usize, scales: usize, y: usize,
): void {
  storage.storeBytes<f32>(rowCount, cols, x, scales, y);
}
export function storeBytes_f64(
  rowCount: i32, cols: i32, x: usize, scales: usize, y: usize,
): void {
  storage.storeBytes<f64>(rowCount, cols, x, scales, y);
}
export function expandBytes_f32(
  n: i32, cols: i32, index: usize, scales: usize, x: usize, y: usize,
): void {
  storage.expandBytes<f32>(n, cols, index, scales, x, y);
}
export function expandBytes_f64(
  n: i32, cols: i32, index: usize, scales: usize, x: usize, y: usize,
): void {
  storage.expandBytes<f64>(n, cols, index, scales, x, y);
}
export function fillRows_f32(rowCount: i32, cols: i32, x: usize, y: usize): void {
  rows.fillRows<f32>(rowCount, cols, x, y);
}
export function fillRows_f64(rowCount: i32, cols: i32, x: usize, y: usize): void {
  rows.fillRows<f64>(rowCount, cols, x, y);
}
export function addColumnSums_f32(rowCount: i32, cols: i32, x: usize, y: usize): void {
  rows.addColumnSums<f32>(rowCount, cols, x, y);
}
export function addColumnSums_f64(rowCount: i32, cols: i32, x: usize, y: usize): void {
  rows.addColumnSums<f64>(rowCount, cols, x, y);
}
export function gatherRows_f32(n: i32, cols: i32, table: usize, index: usize, y: usize): void {
  rows.gatherRows<f32>(n, cols, table, index, y);
}
export function gatherRows_f64(n: i32, cols: i32, table: usize, index: usize, y: usize): void {
  rows.gatherRows<f64>(n, cols, table, index, y);
}
export function addGatheredRows_f32(n: i32, cols: i32, table: usize, index: usize, y: usize): void {
  rows.addGatheredRows<f32>(n, cols, table, index, y);
}
export function addGatheredRows_f64(n: i32, cols: i32, table: usize, index: usize, y: usize): void {
  rows.addGatheredRows<f64>(n, cols, table, index, y);
}
export function scatterRows_f32(n: i32, cols: i32, index: usize, x: usize, table: usize): void {
  rows.scatterRows<f32>(n, cols, index, x, table);
}
export function scatterRows_f64(n: i32, cols: i32, index: usize, x: usize, table: usize): void {
  rows.scatterRows<f64>(n, cols, index, x, table);
}
export function segmentMeans_f32(segments: i32, cols: i32, start: usize, x: usize, y: usize): void {
  rows.segmentMeans<f32>(segments, cols, start, x, y);
}
export function segmentMeans_f64(segments: i32, cols: i32, start: usize, x: usize, y: usize): void {
  rows.segmentMeans<f64>(segments, cols, start, x, y);
}
export function segmentMeansAdjoint_f32(
  segments: i32, cols: i32, start: usize, dy: usize, dx: usize,
): void {
  rows.segmentMeansAdjoint<f32>(segments, cols, start, dy, dx);
}
export function segmentMeansAdjoint_f64(
  segments: i32, cols: i32, start: usize, dy: usize, dx: usize,
): void {
  rows.segmentMeansAdjoint<f64>(segments, cols, start, dy, dx);
}
export function crossEntropy_f32(
  rowCount: i32, classes: i32, x: usize, labels: usize, gradient: usize,
): f64 {
  return losses.crossEntropy<f32>(rowCount, classes, x, labels, gradient);
}
export function crossEntropy_f64(
  rowCount: i32, classes: i32, x: usize, labels: usize, gradient: usize,
): f64 {
  return losses.crossEntropy<f64>(rowCount, classes, x, labels, gradient);
}
export function squaredError_f32(n: i32, x: usize, target: usize, gradient: usize): f64 {
  return losses.squaredError<f32>(n, x, target, gradient);
}
export function squaredError_f64(n: i32, x: usize, target: usize, gradient: usize): f64 {
  return losses.squaredError<f64>(n, x, target, gradient);
}
export function dropout_f32(
  n: i32, probability: f64, seedLow: i32, seedHigh: i32, stream: i32, start: f64,
  x: usize, y: usize,
): void {
  random.dropout<f32>(n, probability, seedLow, seedHigh, stream, start, x, y);
}
export function dropout_f64(
  n: i32, probability: f64, seedLow: i32, seedHigh: i32, stream: i32, start: f64,
  x: usize, y: usize,
): void {
  random.dropout<f64>(n, probability, seedLow, seedHigh, stream, start, x, y);
}
