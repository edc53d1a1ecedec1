// The synthetic task of the checks: ten classes, three Gaussian prototypes each.
import { Matrix, matmul } from "../../src/index.js";

const [classes, prototypes, inner, width] = [10, 3, 16, 64];

const normal = (rows: number, cols: number, seed: number) =>
  Matrix.randomNormal(rows, cols, { seed });

/** A task is its prototypes and its map into 64 dimensions; samples of equal seeds are equal. */
export function toyTask(seed: number) {
  const centres = normal(classes * prototypes, inner, seed);
  const spread = normal(inner, width, seed + 1);
  return (count: number, sampleSeed: number) => {
    const base = 1000 * seed + 10 * sampleSeed;
    const near = normal(count, inner, base);
    const draw = normal(count, 1, base + 1).data;
    const labels = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      // A uniform choice of the prototype, from the digits of a normal number.
      const prototype = Math.floor(Math.abs(draw[i]) * 1e6) % (classes * prototypes);
      labels[i] = Math.floor(prototype / prototypes);
      const [row, centre] = [near.row(i), centres.row(prototype)];
      for (let j = 0; j < inner; j++) row[j] = 0.55 * row[j] + 1.2 * centre[j];
    }
    const inputs = matmul(near, spread);
    const noise = normal(count, width, base + 2).data;
    inputs.data.forEach((x: number, i: number) => {
      inputs.data[i] = x / 4 + 0.05 * noise[i];
    });
    return { inputs, labels };
  };
}
