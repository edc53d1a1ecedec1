// What gathering costs by itself: the loops of assembly/sampled.ts with nothing in them but the
// loads that a sparse product cannot avoid, so that their time bounds any such kernel from below.
// T = i64 only combines what was loaded by XOR; f32 and f64 multiply and add it, two instructions a
// vector, which is the least arithmetic that a product without fused multiply-add can do.

/** One vector of a gathered row goes into an accumulator. */
// @ts-ignore: decorator
@inline
function take<T>(sum: v128, weight: v128, row: usize, offset: usize): v128 {
  const x = v128.load(row + offset);
  if (isInteger<T>()) return v128.xor(sum, x);
  return v128.add<T>(sum, v128.mul<T>(weight, x));
}

/**
 * Loads row index[p] for every slot p: `blocks` times 8 vectors (only if `long`), then `vectors`
 * (1 .. 8), the last of which ends with the row: it overlaps the one before where rows are ragged.
 * `vectors` and `long` are constants, so that a row costs its loads and no loop.
 */
// @ts-ignore: decorator
@inline
function gather<T>(
  vectors: i32, long: bool, count: i32, bytes: i32, index: usize, rows: usize, weight: v128,
): v128 {
  const stride = <usize>bytes;
  const blocks = <usize>((bytes - 1) & ~127);
  let a = i64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let p = 0; p < count; p++) {
    let row = rows + <usize>load<i32>(index + ((<usize>p) << 2)) * stride;
    const last = row + stride - 16;
    if (long) {
      for (const end = row + blocks; row < end; row += 128) {
        a = take<T>(a, weight, row, 0);
        b = take<T>(b, weight, row, 16);
        c = take<T>(c, weight, row, 32);
        d = take<T>(d, weight, row, 48);
        a = take<T>(a, weight, row, 64);
        b = take<T>(b, weight, row, 80);
        c = take<T>(c, weight, row, 96);
        d = take<T>(d, weight, row, 112);
      }
    }
    if (vectors > 1) a = take<T>(a, weight, row, 0);
    if (vectors > 2) b = take<T>(b, weight, row, 16);
    if (vectors > 3) c = take<T>(c, weight, row, 32);
    if (vectors > 4) d = take<T>(d, weight, row, 48);
    if (vectors > 5) a = take<T>(a, weight, row, 64);
    if (vectors > 6) b = take<T>(b, weight, row, 80);
    if (vectors > 7) c = take<T>(c, weight, row, 96);
    d = take<T>(d, weight, last, 0);
  }
  return v128.xor(v128.xor(a, b), v128.xor(c, d));
}

// @ts-ignore: decorator
@inline
function dispatch<T>(
  long: bool, count: i32, bytes: i32, index: usize, rows: usize, weight: v128,
): i64 {
  let r = i64x2.splat(0);
  switch ((((bytes - 1) & 127) >> 4) + 1) {
    case 1: r = gather<T>(1, long, count, bytes, index, rows, weight); break;
    case 2: r = gather<T>(2, long, count, bytes, index, rows, weight); break;
    case 3: r = gather<T>(3, long, count, bytes, index, rows, weight); break;
    case 4: r = gather<T>(4, long, count, bytes, index, rows, weight); break;
    case 5: r = gather<T>(5, long, count, bytes, index, rows, weight); break;
    case 6: r = gather<T>(6, long, count, bytes, index, rows, weight); break;
    case 7: r = gather<T>(7, long, count, bytes, index, rows, weight); break;
    case 8: r = gather<T>(8, long, count, bytes, index, rows, weight); break;
  }
  return i64x2.extract_lane(r, 0) ^ i64x2.extract_lane(r, 1);
}

/** Only the loads. `bytes` >= 16 is the length of a row. The result is there to be used. */
export function gatherRows(count: i32, bytes: i32, index: usize, rows: usize): i64 {
  const w = i64x2.splat(0);
  if (bytes > 128) return dispatch<i64>(true, count, bytes, index, rows, w);
  return dispatch<i64>(false, count, bytes, index, rows, w);
}

/** The loads, and a multiplication and an addition for each: rows of f32. */
export function gatherMultiplyAdd_f32(count: i32, bytes: i32, index: usize, rows: usize): i64 {
  const w = f32x4.splat(0.5);
  if (bytes > 128) return dispatch<f32>(true, count, bytes, index, rows, w);
  return dispatch<f32>(false, count, bytes, index, rows, w);
}

/** The same with rows of f64. */
export function gatherMultiplyAdd_f64(count: i32, bytes: i32, index: usize, rows: usize): i64 {
  const w = f64x2.splat(0.5);
  if (bytes > 128) return dispatch<f64>(true, count, bytes, index, rows, w);
  return dispatch<f64>(false, count, bytes, index, rows, w);
}

/** Loads n bytes in order, 64 at a time: the bandwidth of a stream. */
export function stream(n: i32, x: usize): i64 {
  let a = i64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (const end = x + (<usize>n & ~63); x < end; x += 64) {
    a = v128.xor(a, v128.load(x));
    b = v128.xor(b, v128.load(x, 16));
    c = v128.xor(c, v128.load(x, 32));
    d = v128.xor(d, v128.load(x, 48));
  }
  const r = v128.xor(v128.xor(a, b), v128.xor(c, d));
  return i64x2.extract_lane(r, 0) ^ i64x2.extract_lane(r, 1);
}

/** y <- x ^ y over n bytes: two streams read, one written; the bound of axpy and gradient descent. */
export function updateOne(n: i32, x: usize, y: usize): void {
  for (let i: usize = 0; i + 32 <= <usize>n; i += 32) {
    v128.store(y + i, v128.xor(v128.load(x + i), v128.load(y + i)));
    v128.store(y + i, v128.xor(v128.load(x + i, 16), v128.load(y + i, 16)), 16);
  }
}

/** y <- x ^ y, z <- x ^ z: three streams read, two written; the bound of momentum. */
export function updateTwo(n: i32, x: usize, y: usize, z: usize): void {
  for (let i: usize = 0; i + 16 <= <usize>n; i += 16) {
    const v = v128.load(x + i);
    v128.store(y + i, v128.xor(v, v128.load(y + i)));
    v128.store(z + i, v128.xor(v, v128.load(z + i)));
  }
}

/** y, z, w each <- itself ^ x: four streams read, three written; the bound of Adam. */
export function updateThree(n: i32, x: usize, y: usize, z: usize, w: usize): void {
  for (let i: usize = 0; i + 16 <= <usize>n; i += 16) {
    const v = v128.load(x + i);
    v128.store(y + i, v128.xor(v, v128.load(y + i)));
    v128.store(z + i, v128.xor(v, v128.load(z + i)));
    v128.store(w + i, v128.xor(v, v128.load(w + i)));
  }
}

export function heapBase(): usize {
  return __heap_base;
}
