import { fillNormal } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { Block, product } from "../wasm/index.js";
import { SeededMap, shaped } from "./seeded-map.js";

/** Entries of the map that are made at a time: 512 KiB of doubles, which stay in a cache. */
const entriesAtOnce = 2 ** 16;

/** Parameters start .. end - 1. */
export type Range = readonly [start: number, end: number];

/**
 * Independent normal entries of variance 1 / size in the rows of `ranges`, zeros in the others. The
 * entries are made anew in each product, a block of rows after the other: size x dimension normal
 * numbers, about 10 ns each.
 */
export function gaussian(
  size: number,
  dimension: number,
  seed: number,
  ranges: readonly Range[] = [[0, size]],
): SeededMap {
  const stream = streamAt(streams.projector, 4);
  const scale = 1 / Math.sqrt(size);
  const height = Math.max(1, Math.floor(entriesAtOnce / Math.max(1, dimension)));
  return new SeededMap(size, dimension, (job, dtype) => {
    const block = Block.allocate(job, dtype, height, dimension);
    /** Visits the rows: those of `P` are first, first + 1, ... of the map. */
    function forEachBlock(visit: (P: Block, first: number) => void): void {
      for (const [start, end] of ranges) {
        for (let first = start; first < end; first += height) {
          const P = block.lines(0, Math.min(height, end - first));
          fillNormal(P, seed, stream, first * dimension);
          visit(P, first);
        }
      }
    }
    return {
      apply(w, to) {
        const [from, all] = [shaped(w, dimension, 1), shaped(to, size, 1)];
        all.view().fill(0);
        forEachBlock((P, first) => product(P, from, { to: all.lines(first, P.rows), scale }));
      },
      adjoint(g, to) {
        const [from, all] = [shaped(g, size, 1), shaped(to, dimension, 1)];
        all.view().fill(0);
        forEachBlock((P, first) =>
          product(P, from.lines(first, P.rows), { to: all, transposeA: true, scale, add: true }),
        );
      },
    };
  });
}
