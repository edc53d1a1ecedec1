// The part of a block of rows in what is computed of a matrix by blocks: it depends on no other block.
import { Scatter } from "../decompositions/scatter.js";
import { checkedPart } from "../decompositions/streaming-pca.js";
import type { Matrix } from "../linalg/matrix.js";
import { type SketchSizes, SvdSketch } from "../linalg/svd-sketch.js";
import { Triangle } from "../linalg/triangle.js";
import type { DType } from "../wasm/index.js";

/** What the parts are of. */
export type BlockWork =
  | { readonly pca: { readonly cols: number; readonly dtype: DType } }
  | { readonly svd: SketchSizes }
  | { readonly triangle: { readonly cols: number } };

/** Who makes the parts. */
export function partsOf(
  name: string,
  work: BlockWork,
): (block: Matrix, firstRow: number) => unknown {
  if ("pca" in work) {
    const { cols, dtype } = work.pca;
    const scatter = new Scatter(cols);
    return (block) => checkedPart(name, scatter, block, dtype);
  }
  const whole = "svd" in work ? new SvdSketch(work.svd) : new Triangle(work.triangle.cols);
  return (block, firstRow) => whole.partOf(block, firstRow, name);
}
