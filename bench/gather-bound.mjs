// How near the products on a sparse pattern come to what gathering allows. The bound of a kernel is
// the bytes that it must move over the bandwidth of a loop that does nothing but gather, measured
// in the same rounds on the same index with rows of the same size, so that what is in which cache is
// the same for both. Beside it stands the arithmetic bound: the same loop with the multiplication
// and the addition that each vector needs where multiply-add is not fused.

/** A wasm module with its memory, and room in it. */
export async function instance(bytes) {
  const { exports } = (await WebAssembly.instantiate(bytes, {})).instance;
  const { memory } = exports;
  const base = exports.heapBase ? exports.heapBase() : (exports.__heap_base?.value ?? 1024);
  let top = base;
  return {
    exports,
    reset() {
      top = base;
    },
    room(byteLength) {
      const start = Math.ceil(top / 64) * 64;
      top = start + byteLength;
      const missing = top + 64 - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
      return start;
    },
    put(array) {
      const start = this.room(array.byteLength);
      new array.constructor(memory.buffer, start, array.length).set(array);
      return start;
    },
    view: (Type, address, length) => new Type(memory.buffer, address, length),
  };
}

/** 32-bit xorshift in [0, 1). */
function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * A random pattern compressed by rows and by columns, both ascending inside.
 *
 * @param skew - 0 for even degrees; otherwise row and column i are drawn with a probability that
 * falls like a power law, (i + 1)^-skew, in an order of their own.
 */
export function randomPattern({ rows, cols, count, skew }) {
  const next = generator(12345);
  const order = (size) => {
    const places = Int32Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [places[i], places[j]] = [places[j], places[i]];
    }
    return places;
  };
  const [rowOrder, colOrder] = [order(rows), order(cols)];
  const draw = (places) =>
    places[Math.min(places.length - 1, Math.floor(places.length * next() ** (1 / (1 - skew))))];
  const rowOf = Int32Array.from({ length: count }, () => draw(rowOrder));
  const colOf = Int32Array.from({ length: count }, () => draw(colOrder));
  const first = sortBy(colOf, cols).order;
  const second = sortBy(
    first.map((p) => rowOf[p]),
    rows,
  );
  const sorted = second.order.map((p) => first[p]);
  const colIndices = sorted.map((p) => colOf[p]);
  const rowsSorted = sorted.map((p) => rowOf[p]);
  const byCols = sortBy(colIndices, cols);
  return {
    ...{ rows, cols, count },
    rowStart: second.start,
    colIndices,
    colStart: byCols.start,
    rowIndices: byCols.order.map((p) => rowsSorted[p]),
    position: byCols.order,
  };
}

function sortBy(keys, size) {
  const start = new Int32Array(size + 1);
  for (const key of keys) start[key + 1]++;
  for (let i = 0; i < size; i++) start[i + 1] += start[i];
  const next = start.slice();
  const order = new Int32Array(keys.length);
  for (let p = 0; p < keys.length; p++) order[next[keys[p]]++] = p;
  return { start, order };
}
