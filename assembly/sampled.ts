// Products on a sparse pattern: the sampled dense-dense product and sparse x dense.
//
// The pattern is compressed by rows: row i owns the slots rowStart[i] .. rowStart[i + 1], and slot
// p lies in column cols[p]. Dense factors are row-major with row stride k, so a slot gathers one
// contiguous row of k elements. Speed is bound by these gathers: each is read once, whole, and no
// kernel scatters (the transposed pattern is an index of its own). k = 4 .. 64 is the hot range;
// any k is right. No work space; rows are independent of one another.
//
// Every sum over k runs as one accumulator of lanes, vectors ascending, lanes in halves, then the
// remainder ascending; every sum over slots runs with the slots ascending. So a result depends
// neither on where a slot lies in its row nor on which rows were computed with it.
import { at, lanes, multiplyAdd, sumLanes } from "./simd";

/** Rows whose losses are added before they join the total: a block never shares an addition. */
const ROW_BLOCK: i32 = 256;

/** What multiplies a slot's dense row. The kernels inline one of these, so no branch remains. */
const VALUE: i32 = 0; // weight[p]
const VALUE_VIA: i32 = 1; // weight[position[p]]
const SCALE_OF_INDEX: i32 = 2; // weight[index[p]]
const ONE: i32 = 3; // 1, and the finished row is multiplied by weight[i]

/** out[p] = left_i . right_{cols[p]} for every slot p of row i. */
export function sampledProduct<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize, left: usize, right: usize, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const first = load<i32>(at<i32>(rowStart, i));
    const last = load<i32>(at<i32>(rowStart, i + 1));
    sampledRow<T>(false, k, first, last, cols, at<T>(left, i * k), right, 0, out);
  }
}

/**
 * residual[p] = left_i . right_{cols[p]} - values[p]; returns 1/2 sum residual^2.
 *
 * The sum is taken in f64 whatever T: over each row, over the rows of a block of ROW_BLOCK, over
 * the blocks. Whoever holds whole blocks of rows can compute their part and get the same bits.
 */
export function sampledResidual<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, residual: usize,
): f64 {
  let total: f64 = 0;
  for (let block = 0; block < rows; block += ROW_BLOCK) {
    const end = min<i32>(rows, block + ROW_BLOCK);
    let sum: f64 = 0;
    for (let i = block; i < end; i++) {
      const first = load<i32>(at<i32>(rowStart, i));
      const last = load<i32>(at<i32>(rowStart, i + 1));
      sum += sampledRow<T>(true, k, first, last, cols, at<T>(left, i * k), right, values, residual);
    }
    total += sum;
  }
  return 0.5 * total;
}

/** out_i = sum over the slots p of row i of values[p] dense_{cols[p]}; an empty row gives 0. */
export function sparseTimesDense<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize, values: usize, dense: usize, out: usize,
): void {
  gatherRows<T>(VALUE, rows, k, rowStart, cols, 0, values, dense, out);
}

/**
 * The same where the value of slot p is values[position[p]]: with the index of the pattern sorted
 * by columns, it multiplies by the transpose while the values stay sorted by rows.
 */
export function sparseTimesDenseVia<T>(
  rows: i32, k: i32, start: usize, index: usize, position: usize,
  values: usize, dense: usize, out: usize,
): void {
  gatherRows<T>(VALUE_VIA, rows, k, start, index, position, values, dense, out);
}

/**
 * out_i = sum over the slots p of row i of (left_i . right_{cols[p]} - values[p]) right_{cols[p]}:
 * the residual times the factor that it was made with, in the same bits as one kernel after the
 * other. A row's residual never leaves the cache, and each gathered row is at hand twice.
 *
 * @param scratch - as many elements as the longest row has slots.
 */
export function residualTimesDense<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize,
  left: usize, right: usize, values: usize, scratch: usize, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const first = load<i32>(at<i32>(rowStart, i));
    const last = load<i32>(at<i32>(rowStart, i + 1));
    // Slot p of the row lies at element p - first of the scratch.
    const residual = scratch - at<T>(0, first);
    sampledRow<T>(true, k, first, last, cols, at<T>(left, i * k), right, values, residual);
    gatherRow<T>(VALUE, i, k, first, last, cols, 0, residual, right, out);
  }
}

/** out_i = scale[i] times the sum of dense_{cols[p]} over row i; an empty row gives 0. */
export function patternTimesDense<T>(
  rows: i32, k: i32, rowStart: usize, cols: usize, scale: usize, dense: usize, out: usize,
): void {
  gatherRows<T>(ONE, rows, k, rowStart, cols, 0, scale, dense, out);
}

/** out_j = sum over the slots p of row j of scale[index[p]] dense_{index[p]}; empty gives 0. */
export function patternTimesScaledDense<T>(
  rows: i32, k: i32, start: usize, index: usize, scale: usize, dense: usize, out: usize,
): void {
  gatherRows<T>(SCALE_OF_INDEX, rows, k, start, index, 0, scale, dense, out);
}

/**
 * One row of the sampled product, four slots at a time: four independent gathers and chains of
 * additions, and their horizontal sums share two shuffles. With `subtract`, values are subtracted
 * and the sum of squares is returned; without, 0.
 */
// @ts-ignore: decorator
@inline
function sampledRow<T>(
  subtract: bool, k: i32, first: i32, last: i32,
  cols: usize, x: usize, right: usize, values: usize, out: usize,
): f64 {
  const size = <usize>sizeof<T>();
  const stride = at<T>(0, k);
  const head = at<T>(0, k - (k % lanes<T>()));
  let squares0 = f64x2.splat(0);
  let squares1 = squares0;
  let p = first;
  for (; p + 4 <= last; p += 4) {
    const slot = at<i32>(cols, p);
    const y0 = right + <usize>load<i32>(slot) * stride;
    const y1 = right + <usize>load<i32>(slot, 4) * stride;
    const y2 = right + <usize>load<i32>(slot, 8) * stride;
    const y3 = right + <usize>load<i32>(slot, 12) * stride;
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let q: usize = 0;
    for (; q < head; q += 16) {
      const v = v128.load(x + q);
      s0 = multiplyAdd<T>(v, v128.load(y0 + q), s0);
      s1 = multiplyAdd<T>(v, v128.load(y1 + q), s1);
      s2 = multiplyAdd<T>(v, v128.load(y2 + q), s2);
      s3 = multiplyAdd<T>(v, v128.load(y3 + q), s3);
    }
    const to = at<T>(out, p);
    if (sizeof<T>() == 8) {
      let d0 = f64x2.add(v128.shuffle<f64>(s0, s1, 0, 2), v128.shuffle<f64>(s0, s1, 1, 3));
      let d1 = f64x2.add(v128.shuffle<f64>(s2, s3, 0, 2), v128.shuffle<f64>(s2, s3, 1, 3));
      for (; q < stride; q += size) {
        const v = v128.load_splat<T>(x + q);
        d0 = multiplyAdd<T>(v, v128.load_lane<T>(y1 + q, v128.load_splat<T>(y0 + q), 1), d0);
        d1 = multiplyAdd<T>(v, v128.load_lane<T>(y3 + q, v128.load_splat<T>(y2 + q), 1), d1);
      }
      if (subtract) {
        const from = at<T>(values, p);
        d0 = f64x2.sub(d0, v128.load(from));
        d1 = f64x2.sub(d1, v128.load(from, 16));
        squares0 = f64x2.add(squares0, f64x2.mul(d0, d0));
        squares1 = f64x2.add(squares1, f64x2.mul(d1, d1));
      }
      v128.store(to, d0);
      v128.store(to, d1, 16);
    } else {
      const s01 = halves(s0, s1);
      const s23 = halves(s2, s3);
      const even = v128.shuffle<f32>(s01, s23, 0, 2, 4, 6);
      let d = f32x4.add(even, v128.shuffle<f32>(s01, s23, 1, 3, 5, 7));
      for (; q < stride; q += size) {
        let y = v128.load_splat<T>(y0 + q);
        y = v128.load_lane<T>(y1 + q, y, 1);
        y = v128.load_lane<T>(y2 + q, y, 2);
        y = v128.load_lane<T>(y3 + q, y, 3);
        d = multiplyAdd<T>(v128.load_splat<T>(x + q), y, d);
      }
      if (subtract) {
        d = f32x4.sub(d, v128.load(at<T>(values, p)));
        const low = f64x2.promote_low_f32x4(d);
        const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(d, d, 2, 3, 2, 3));
        squares0 = f64x2.add(squares0, f64x2.mul(low, low));
        squares1 = f64x2.add(squares1, f64x2.mul(high, high));
      }
      v128.store(to, d);
    }
  }
  let squares = sumLanes<f64>(f64x2.add(squares0, squares1));
  for (; p < last; p++) {
    const y = right + <usize>load<i32>(at<i32>(cols, p)) * stride;
    let s = v128.splat<T>(<T>0);
    let q: usize = 0;
    for (; q < head; q += 16) s = multiplyAdd<T>(v128.load(x + q), v128.load(y + q), s);
    let d = sumLanes<T>(s);
    for (; q < stride; q += size) d += load<T>(x + q) * load<T>(y + q);
    if (subtract) {
      d -= load<T>(at<T>(values, p));
      squares += <f64>d * <f64>d;
    }
    store<T>(at<T>(out, p), d);
  }
  return squares;
}

/** (x0 + x2, x1 + x3, y0 + y2, y1 + y3): the first step of sumLanes for two vectors of f32. */
// @ts-ignore: decorator
@inline
function halves(x: v128, y: v128): v128 {
  return f32x4.add(v128.shuffle<f32>(x, y, 0, 1, 4, 5), v128.shuffle<f32>(x, y, 2, 3, 6, 7));
}

/** Weighted sums of gathered rows, row after row, in pieces of k that stay in registers. */
// @ts-ignore: decorator
@inline
function gatherRows<T>(
  kind: i32, rows: i32, k: i32, start: usize, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const first = load<i32>(at<i32>(start, i));
    const last = load<i32>(at<i32>(start, i + 1));
    gatherRow<T>(kind, i, k, first, last, index, position, weight, dense, out);
  }
}

/** The weighted sum of row i. */
// @ts-ignore: decorator
@inline
function gatherRow<T>(
  kind: i32, i: i32, k: i32, first: i32, last: i32, index: usize, position: usize,
  weight: usize, dense: usize, out: usize,
): void {
  const stride = at<T>(0, k);
  const head = at<T>(0, k - (k % lanes<T>()));
  const to = at<T>(out, i * k);
  let rowScale: T = 1;
  if (kind == ONE) rowScale = load<T>(at<T>(weight, i));
  let q: usize = 0;
  for (; q + 64 <= head; q += 64) {
    piece<T>(kind, 4, first, last, stride, index, position, weight, dense + q, rowScale, to + q);
  }
  if (q + 32 <= head) {
    piece<T>(kind, 2, first, last, stride, index, position, weight, dense + q, rowScale, to + q);
    q += 32;
  }
  if (q < head) {
    piece<T>(kind, 1, first, last, stride, index, position, weight, dense + q, rowScale, to + q);
    q += 16;
  }
  for (; q < stride; q += sizeof<T>()) {
    let sum: T = 0;
    for (let p = first; p < last; p++) {
      const value = load<T>(dense + q + <usize>load<i32>(at<i32>(index, p)) * stride);
      if (kind == ONE) sum += value;
      else sum += weightOf<T>(kind, p, index, position, weight) * value;
    }
    store<T>(to + q, kind == ONE ? rowScale * sum : sum);
  }
}

/**
 * `vectors` (1, 2 or 4, constant) neighbouring vectors of one output row. A row is gathered again
 * for each piece, a cache line at a time; pieces of 8 measured no faster at k = 32 .. 64.
 */
// @ts-ignore: decorator
@inline
function piece<T>(
  kind: i32, vectors: i32, first: i32, last: i32, stride: usize, index: usize, position: usize,
  weight: usize, dense: usize, rowScale: T, out: usize,
): void {
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let p = first; p < last; p++) {
    const y = dense + <usize>load<i32>(at<i32>(index, p)) * stride;
    if (kind == ONE) {
      s0 = v128.add<T>(s0, v128.load(y));
      if (vectors >= 2) s1 = v128.add<T>(s1, v128.load(y, 16));
      if (vectors >= 4) {
        s2 = v128.add<T>(s2, v128.load(y, 32));
        s3 = v128.add<T>(s3, v128.load(y, 48));
      }
    } else {
      const w = v128.splat<T>(weightOf<T>(kind, p, index, position, weight));
      s0 = multiplyAdd<T>(w, v128.load(y), s0);
      if (vectors >= 2) s1 = multiplyAdd<T>(w, v128.load(y, 16), s1);
      if (vectors >= 4) {
        s2 = multiplyAdd<T>(w, v128.load(y, 32), s2);
        s3 = multiplyAdd<T>(w, v128.load(y, 48), s3);
      }
    }
  }
  if (kind == ONE) {
    const w = v128.splat<T>(rowScale);
    s0 = v128.mul<T>(w, s0);
    if (vectors >= 2) s1 = v128.mul<T>(w, s1);
    if (vectors >= 4) {
      s2 = v128.mul<T>(w, s2);
      s3 = v128.mul<T>(w, s3);
    }
  }
  v128.store(out, s0);
  if (vectors >= 2) v128.store(out, s1, 16);
  if (vectors >= 4) {
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
  }
}

/** The weight of slot p. */
// @ts-ignore: decorator
@inline
function weightOf<T>(kind: i32, p: i32, index: usize, position: usize, weight: usize): T {
  if (kind == VALUE_VIA) return load<T>(at<T>(weight, load<i32>(at<i32>(position, p))));
  if (kind == SCALE_OF_INDEX) return load<T>(at<T>(weight, load<i32>(at<i32>(index, p))));
  return load<T>(at<T>(weight, p));
}
