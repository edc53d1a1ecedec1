// The rounded double Kronecker product with orthonormal factors (Lotfi, Finzi et al. 2022): a random
// subspace whose map costs 2 a b (a + b) operations for a^2 parameters and b^2 coefficients.
import { randomNormalArray, randomPermutation } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { Block, type DType, type Job, product, rowsKernels } from "../wasm/index.js";
import { haarOrthogonal } from "./orthogonal-map.js";
import { SeededMap, shaped } from "./seeded-map.js";

const stream = (index: number) => streamAt(streams.projector, index);

/** How many parameters and coefficients are left over beside the two factors. */
export function leftOver(size: number, dimension: number): { rows: number; cols: number } {
  const rest = (n: number) => n - Math.floor(Math.sqrt(n)) * Math.floor(Math.sqrt(n));
  return { rows: rest(size), cols: rest(dimension) };
}

/**
 * P = permutation . blockdiag(R1 (x) R2, E), with a = floor(sqrt(size)), b = floor(sqrt(dimension)),
 * R1 and R2 a x b with orthonormal columns, and E Gaussian for what is left over of both. Where the
 * dimension is a square nothing is left over, and P'P = I.
 *
 * @throws RangeError when coefficients are left over and fewer parameters: they would move nothing.
 */
export function kronecker(size: number, dimension: number, seed: number): SeededMap {
  const [a, b] = [size, dimension].map((n) => Math.floor(Math.sqrt(n)));
  const { rows: restRows, cols: restCols } = leftOver(size, dimension);
  if (restCols > restRows) {
    throw new RangeError(
      `projector: size is ${size} and dimension is ${dimension}: ` +
        `dimension must be a square, such as ${b * b}, where size is ${a * a} or little more`,
    );
  }
  // A gather by `source` puts entry i of the blocks at its place; by `target`, back.
  const target = randomPermutation(size, seed, stream(0));
  const source = new Int32Array(size);
  for (let i = 0; i < size; i++) source[target[i]] = i;
  const factors = [1, 2].map((index) => haarOrthogonal(a, b, seed, stream(index)));
  const rest = randomNormalArray(restRows * restCols, seed, stream(3), "f64");
  for (let i = 0; i < rest.length; i++) rest[i] /= Math.sqrt(restRows);

  return new SeededMap(size, dimension, (job: Job, dtype: DType) => {
    const [R1, R2] = factors.map((factor) => Block.put(job, factor.toMatrix(dtype)));
    const data = dtype === "f64" ? rest : Float32Array.from(rest);
    const E = Block.put(job, { dtype, rows: restRows, cols: restCols, data });
    const [to, from] = [job.put(target), job.put(source)];
    const blocks = Block.allocate(job, dtype, size, 1);
    const half = Block.allocate(job, dtype, a, b);
    const { gatherRows } = job.use(rowsKernels)[dtype];
    const large = shaped(blocks, a, a);
    const tail = blocks.lines(a * a, restRows);
    const parts = (w: Block) => {
      const all = shaped(w, dimension, 1);
      return { small: shaped(all, b, b), few: all.lines(b * b, restCols) };
    };
    return {
      apply(w, out) {
        const { small, few } = parts(w);
        product(R1, small, { to: half });
        product(half, R2, { to: large, transposeB: true });
        product(E, few, { to: tail });
        gatherRows(size, 1, blocks.handle, from, out.handle);
      },
      adjoint(g, out) {
        const { small, few } = parts(out);
        gatherRows(size, 1, g.handle, to, blocks.handle);
        product(large, R2, { to: half });
        product(R1, half, { to: small, transposeA: true });
        product(E, tail, { to: few, transposeA: true });
      },
    };
  });
}
