// How near the products on a sparse pattern come to what gathering allows. The bound of a kernel is
// the bytes that it must move over the bandwidth of a loop that does nothing but gather, measured
// in the same rounds on the same index with rows of the same size, so that what is in which cache is
// the same for both. Beside it stands an arithmetic bound: the same loop with the multiplication
// and the addition that each vector needs where multiply-add is not fused. A fused kernel needs
// them twice. Loops: bench/assembly/gather.ts.
import { shuffled, uniform } from "../lab/random.mjs";

/** Patterns: MovieLens-like, larger than a core's cache, and with degrees that follow a power law. */
export const shapes = {
  "943 x 1682, 100 k": { rows: 943, cols: 1682, count: 100_000, skew: 0.4 },
  "10 k x 1 k, 1 M": { rows: 10_000, cols: 1_000, count: 1_000_000, skew: 0 },
  "50 k x 20 k, 2 M, power law": { rows: 50_000, cols: 20_000, count: 2_000_000, skew: 0.6 },
  "100 k x 10 k, 10 M": { rows: 100_000, cols: 10_000, count: 10_000_000, skew: 0 },
};

/** As in src/linalg/blocked-index.ts. */
const [blockRows, slotsPerLine] = [2048, 8];

/**
 * A random pattern compressed by rows and by columns, both in the package's order: by blocks of the
 * gathered index, ascending inside.
 *
 * @param skew - 0 for even degrees; otherwise rows and columns are drawn with probabilities that
 * fall like (i + 1)^-skew, in an order of their own.
 */
export function randomPattern({ rows, cols, count, skew }) {
  const next = uniform(12345);
  const [rowOrder, colOrder] = [shuffled(rows, next), shuffled(cols, next)];
  const draw = (places) => places[Math.floor(places.length * next() ** (1 / (1 - skew)))];
  const rowOf = Int32Array.from({ length: count }, () => draw(rowOrder));
  const colOf = Int32Array.from({ length: count }, () => draw(colOrder));
  const byRow = blocked(rowOf, rows, colOf, cols);
  const rowIndices = byRow.order.map((p) => rowOf[p]);
  const colIndices = byRow.order.map((p) => colOf[p]);
  const byCol = blocked(colIndices, cols, rowIndices, rows);
  return {
    ...{ rows, cols, count },
    byRow: { ...byRow, lines: rows, index: colIndices },
    byCol: { ...byCol, lines: cols, index: byCol.order.map((p) => rowIndices[p]) },
  };
}

/**
 * Times the kernels and the loops in turns. Efficiency is bound / time; above 1 of the arithmetic
 * bound means that the kernel has more additions under way than that loop.
 *
 * @param kernels - bytes of the package's module. @param gather - bytes of bench/assembly/gather.ts.
 * @param dtype - "f32" or "f64". @param k - width, at least 16 bytes.
 * @returns for each kernel { nanoseconds, gatherBound, arithmeticBound }, all for one observation;
 * and GB/s of the two gathers.
 */
export function measureGatherBound({ kernels, gather, pattern, dtype, k, milliseconds = 1500 }) {
  const FloatArray = dtype === "f32" ? Float32Array : Float64Array;
  const size = FloatArray.BYTES_PER_ELEMENT;
  const { rows, cols, count, byRow, byCol } = pattern;
  const fractions = (n, step) =>
    FloatArray.from({ length: n }, (_, i) => (((i * step) % 1009) - 504) / 1013);
  const [L, R, values] = [fractions(rows * k, 71), fractions(cols * k, 37), fractions(count, 31)];
  const bytes = k * size;
  const loops = instantiate(gather);
  const ours = instantiate(kernels);
  const kernel = (name) => ours.exports[`${name}_${dtype}`];

  const works = {};
  const sides = [
    ["row", byRow, R],
    ["column", byCol, L],
  ];
  for (const [side, { index }, rowsOf] of sides) {
    const [i, x] = [loops.put(index), loops.put(rowsOf)];
    works[`${side} gather`] = () => loops.exports.gatherRows(count, bytes, i, x);
    const arithmetic = loops.exports[`gatherMultiplyAdd_${dtype}`];
    works[`${side} arithmetic`] = () => arithmetic(count, bytes, i, x);
  }
  const [l, r, v, residual] = [ours.put(L), ours.put(R), ours.put(values), ours.put(values)];
  const out = ours.put(new FloatArray(Math.max(rows, cols) * k));
  const put = ({ blocks, start, order, index, lines }) => {
    const all = ours.put(start);
    const starts = Array.from({ length: blocks }, (_, b) => all + b * lines * 4);
    return { lines, starts, index: ours.put(index), order: ours.put(order) };
  };
  const [byRows, byCols] = [put(byRow), put(byCol)];
  const eachBlock =
    ({ lines, starts, index }, run) =>
    () =>
      starts.forEach((start, block) => {
        run([lines, k, start, index], block > 0 ? 1 : 0);
      });
  works["sampled product"] = eachBlock(byRows, (at) => {
    kernel("sampledResidual")(...at, l, r, v, residual);
  });
  works["times dense"] = eachBlock(byRows, (at, add) => {
    kernel("sparseTimesDense")(...at, v, r, out, add);
  });
  works["transpose times dense"] = eachBlock(byCols, (at, add) => {
    kernel("sparseTimesDenseVia")(...at, byCols.order, v, l, out, add);
  });
  works["residual and row gradient"] = eachBlock(byRows, (at, add) => {
    kernel("residualTimesDense")(...at, l, r, v, residual, out, add);
  });

  const times = timeInTurns(works, milliseconds);
  const perSlot = (name) => (1e6 * times[name]) / count;
  const moved = {
    "sampled product": ["row", 4 + 2 * size + bytes, rows * bytes, 1],
    "times dense": ["row", 4 + size + bytes, rows * bytes, 1],
    "transpose times dense": ["column", 8 + size + bytes, cols * bytes, 1],
    "residual and row gradient": ["row", 4 + 2 * size + bytes, 2 * rows * bytes, 2],
  };
  const results = {};
  for (const [name, [side, perEntry, once, arithmetic]] of Object.entries(moved)) {
    const nanosecondsPerByte = perSlot(`${side} gather`) / (4 + bytes);
    results[name] = {
      nanoseconds: perSlot(name),
      gatherBound: (perEntry + once / count) * nanosecondsPerByte,
      arithmeticBound: arithmetic * perSlot(`${side} arithmetic`),
    };
  }
  const bandwidth = (side) => (4 + bytes) / perSlot(`${side} gather`);
  return { results, rowBandwidth: bandwidth("row"), columnBandwidth: bandwidth("column") };
}

/** Median milliseconds of each work, run in turns after a warm-up. */
function timeInTurns(works, milliseconds) {
  const names = Object.keys(works);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  const share = milliseconds / (2 * names.length);
  for (const name of names) {
    const start = performance.now();
    do works[name]();
    while (performance.now() - start < share);
  }
  const start = performance.now();
  do {
    for (const name of names) {
      const before = performance.now();
      works[name]();
      samples[name].push(performance.now() - before);
    }
  } while (performance.now() - start < milliseconds || samples[names[0]].length < 3);
  return Object.fromEntries(
    names.map((name) => [name, samples[name].sort((a, b) => a - b)[samples[name].length >> 1]]),
  );
}

/** A module with arrays put into its memory one after the other, each on a cache line of its own. */
function instantiate(bytes) {
  const module = new WebAssembly.Module(bytes);
  // The package's kernels take a memory, which they export again.
  const memory = new WebAssembly.Memory({ initial: 28 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  let top = exports.heapBase();
  return {
    exports,
    put(array) {
      const start = Math.ceil(top / 64) * 64;
      top = start + array.byteLength;
      const missing = top - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / 65536));
      new array.constructor(exports.memory.buffer, start, array.length).set(array);
      return start;
    },
  };
}

function blocked(lineOf, lines, gatheredOf, gathered) {
  const most = Math.floor(lineOf.length / (slotsPerLine * lines));
  const blocks = Math.max(1, Math.min(Math.ceil(gathered / blockRows), most));
  const size = Math.ceil(gathered / blocks);
  const sorted = sortBy(gatheredOf, gathered).order;
  const keys = sorted.map((p) => Math.floor(gatheredOf[p] / size) * lines + lineOf[p]);
  const { start, order } = sortBy(keys, blocks * lines);
  return { blocks, start, order: order.map((p) => sorted[p]) };
}

/** Stable counting sort. */
function sortBy(keys, size) {
  const start = new Int32Array(size + 1);
  for (const key of keys) start[key + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const next = start.slice();
  const order = new Int32Array(keys.length);
  for (let p = 0; p < keys.length; p++) order[next[keys[p]]++] = p;
  return { start, order };
}
