// Ways in which the same bytes arrive. A parser must not tell them apart, nor write to any.

/** Each gives the bytes in another kind of memory, and the whole memory, to see what becomes of it. */
const ways = [
  (bytes) => {
    const own = new Uint8Array(bytes);
    return [own, own];
  },
  // A view at an odd offset, with bytes before and behind.
  (bytes) => {
    const memory = around(new Uint8Array(bytes.length + 12), bytes, 5);
    return [memory.subarray(5, 5 + bytes.length), memory];
  },
  // A Buffer in the middle of a pool, as Node gives small files.
  (bytes) => {
    const memory = around(Buffer.alloc(bytes.length + 16), bytes, 3);
    return [memory.subarray(3, 3 + bytes.length), memory];
  },
  (bytes) => {
    const memory = around(new Uint8Array(new SharedArrayBuffer(bytes.length + 16)), bytes, 8);
    return [memory.subarray(8, 8 + bytes.length), memory];
  },
  (bytes) => {
    const buffer = new ArrayBuffer(bytes.length + 8, { maxByteLength: 2 * bytes.length + 8 });
    const memory = around(new Uint8Array(buffer), bytes, 4);
    return [memory.subarray(4, 4 + bytes.length), memory];
  },
];

export const arrivalCount = ways.length;

function around(memory, bytes, start) {
  memory.fill(0xa5);
  memory.set(bytes, start);
  return memory;
}

/**
 * The input with its bytes arriving in a way of their own, and a check that they were left alone.
 *
 * @param input bytes, a Map of them, or anything else, which is passed on
 */
export function arriving(input, way) {
  if (input instanceof Map) {
    const files = Array.from(input, ([name, bytes]) => [name, arriving(bytes, way)]);
    return {
      input: new Map(files.map(([name, file]) => [name, file.input])),
      untouched: () => files.every(([, file]) => file.untouched()),
    };
  }
  if (!(input instanceof Uint8Array)) return { input, untouched: () => true };
  const [view, memory] = ways[way](input);
  const before = Buffer.from(memory);
  return { input: view, untouched: () => Buffer.compare(Buffer.from(memory), before) === 0 };
}
