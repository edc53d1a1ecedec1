// The machine's limits as a contender, measured in the same rounds: see bench/assembly.
import { readFile } from "node:fs/promises";
import { ceilings } from "../harness/compile.mjs";

/** Rows x vectors; "by4": four steps for one move of the pointers. */
const tiles = ["4x2", "2x4", "2x4by4", "5x2", "3x3", "6x2"];
const depth = 256;

/** @param options.variant - "baseline" or "relaxed". */
export async function start({ variant = "baseline" }) {
  const bytes = await readFile(ceilings[variant]);
  const { instance } = await WebAssembly.instantiate(bytes);
  const kernels = instance.exports;
  const arithmetic = ({ dtype }) => {
    const lanes = dtype === "f32" ? 4 : 2;
    const [a, b, c] = room(kernels, [1 << 16, 1 << 16, 1 << 10]);
    const forms = {
      registers: () => ({
        unchecked: true,
        operations: 2 * 12 * lanes * 10000,
        run: () => kernels[`registers_${dtype}`](10000, 0.5, 1),
      }),
    };
    for (const tile of tiles) {
      const [rows, vectors, steps] = tile.split(/x|by/).map(Number);
      const name = `${rows} x ${vectors * lanes}${steps ? ", four steps" : ""}`;
      forms[name] = () => ({
        unchecked: true,
        operations: 2 * rows * vectors * lanes * depth * 100,
        run: () => kernels[`tile${tile}_${dtype}`](100, depth, a, b, c),
      });
    }
    return forms;
  };
  const stream =
    (reads, writes) =>
    ({ inputs }) => ({
      stream: () => {
        const bytes = inputs.x.data.byteLength;
        const [data] = room(kernels, [bytes * reads]);
        return {
          unchecked: true,
          bytes: bytes * (reads + writes),
          run: () => kernels[`stream${reads}x${writes}`](bytes, data),
        };
      },
    });
  return {
    version: "",
    operations: {
      matmul: arithmetic,
      qr: arithmetic,
      svd: arithmetic,
      eigh: arithmetic,
      randomizedSvd: arithmetic,
      gd: stream(2, 1),
      momentum: stream(3, 2),
      adam: stream(4, 3),
    },
  };
}

/** Addresses of consecutive places of the given sizes in bytes; zeros, on cache lines. */
export function room({ memory, heapBase }, sizes) {
  let top = Math.ceil(heapBase() / 64) * 64;
  const places = sizes.map((size) => {
    const place = top;
    top += Math.ceil(size / 64) * 64;
    return place;
  });
  const missing = top - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return places;
}
