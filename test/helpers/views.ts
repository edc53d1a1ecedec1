// The same bytes in every kind of memory in which they may arrive.

/** Bytes around the view, which nobody may touch either. */
const margin = 3;

type Memory = ArrayBufferLike;
// The library's types do not know these options yet.
const buffers = {
  plain: (size: number): Memory => new ArrayBuffer(size),
  shared: (size: number): Memory => new SharedArrayBuffer(size),
  resizable: (size: number): Memory =>
    Reflect.construct(ArrayBuffer, [size, { maxByteLength: 2 * size + 1 }]),
  growable: (size: number): Memory =>
    Reflect.construct(SharedArrayBuffer, [size, { maxByteLength: 2 * size + 1 }]),
};

/** Kinds of memory, each with how to bring bytes there. */
export const views: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "a Uint8Array": (bytes) => Uint8Array.from(bytes),
  "a Buffer of the pool": (bytes) => Buffer.from(bytes),
  "a Buffer at an odd offset": (bytes) => {
    const all = Buffer.alloc(bytes.length + 2 * margin, 0x22);
    all.set(bytes, margin);
    return all.subarray(margin, margin + bytes.length);
  },
  "a view at an odd offset": inside(buffers.plain),
  "a view of shared memory": inside(buffers.shared),
  "a view of a resizable buffer": inside(buffers.resizable),
  "a view of growable shared memory": inside(buffers.growable),
  "a view that follows its buffer's length": (bytes) => {
    const memory = buffers.resizable(margin + bytes.length);
    new Uint8Array(memory).set(bytes, margin);
    return new Uint8Array(memory, margin);
  },
};

function inside(buffer: (size: number) => Memory) {
  return (bytes: Uint8Array): Uint8Array => {
    const memory = buffer(bytes.length + 2 * margin);
    new Uint8Array(memory).fill(0x22).set(bytes, margin);
    return new Uint8Array(memory, margin, bytes.length);
  };
}
