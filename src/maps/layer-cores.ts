// Compressed layers as a map: W_l = U_l C_l V_l', with fixed orthonormal frames and small cores. Depth
// costs nothing here: whatever product of factors a core was trained as, its entries are what counts.

import type { Matrix } from "../linalg/matrix.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { Block, product } from "../wasm/index.js";
import { haarOrthogonal } from "./orthogonal-map.js";
import { SeededMap, shaped } from "./seeded-map.js";

/** A layer's weight among all parameters: rows x cols, by rows, from `place` on. */
export interface LayerPlace {
  readonly place: number;
  readonly rows: number;
  readonly cols: number;
}

/** The size of a layer's core: square, no larger than the layer. */
export const coreSize = (rank: number, { rows, cols }: Omit<LayerPlace, "place">): number =>
  Math.min(rank, rows, cols);

/** Orthonormal columns on both sides of a core: rows x q and cols x q. */
export interface LayerFrames {
  readonly U: Matrix;
  readonly V: Matrix;
}

/** Random frames for each layer, in f64. */
export function randomFrames(
  layers: readonly LayerPlace[],
  rank: number,
  seed: number,
): LayerFrames[] {
  return layers.map((layer, l) => {
    const [U, V] = [layer.rows, layer.cols].map((n, side) => {
      // A Haar map draws from one stream.
      const stream = streamAt(streams.layerFrames, 2 * l + side);
      return haarOrthogonal(n, coreSize(rank, layer), seed, stream).toMatrix("f64");
    });
    return { U, V };
  });
}

/** The map from the entries of all cores, one after the other by rows, to all parameters. */
export function layerCores(
  size: number,
  layers: readonly LayerPlace[],
  frames: readonly LayerFrames[],
): SeededMap {
  const dimension = frames.reduce((sum, { U, V }) => sum + U.cols * V.cols, 0);
  return new SeededMap(size, dimension, (job, dtype) => {
    let start = 0;
    const parts = layers.map((layer, l) => {
      const [U, V] = [frames[l].U, frames[l].V].map((F) => Block.put(job, F.astype(dtype)));
      const half = Block.allocate(job, dtype, U.rows, V.cols);
      const part = { ...layer, start, U, V, half };
      start += U.cols * V.cols;
      return part;
    });
    const core = (all: Block, { start, U, V }: (typeof parts)[number]) =>
      shaped(shaped(all, dimension, 1).lines(start, U.cols * V.cols), U.cols, V.cols);
    const weight = (all: Block, { place, rows, cols }: LayerPlace) =>
      shaped(shaped(all, size, 1).lines(place, rows * cols), rows, cols);
    return {
      apply(w, to) {
        to.view().fill(0);
        for (const part of parts) {
          product(part.U, core(w, part), { to: part.half });
          product(part.half, part.V, { to: weight(to, part), transposeB: true });
        }
      },
      adjoint(g, to) {
        for (const part of parts) {
          product(weight(g, part), part.V, { to: part.half });
          product(part.U, part.half, { to: core(to, part), transposeA: true });
        }
      },
    };
  });
}
