// A synthetic task of ten classes, three Gaussian prototypes each: the one that the checks of bounds
// were calibrated on.
const [classes, prototypes, inner, width] = [10, 3, 16, 64];

/**
 * A task is its prototypes and its map into 64 dimensions; samples of equal seeds are equal.
 *
 * @param {{ Matrix: any, matmul: any }} core - the package.
 * @param {number} seed
 * @returns {(count: number, sampleSeed: number) => { inputs: any, labels: Int32Array<ArrayBuffer> }}
 */
export function prototypeTask({ Matrix, matmul }, seed) {
  const normal = (rows, cols, own) => Matrix.randomNormal(rows, cols, { seed: own });
  const centres = normal(classes * prototypes, inner, seed);
  const spread = normal(inner, width, seed + 1);
  return (count, sampleSeed) => {
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
    for (let i = 0; i < noise.length; i++) {
      inputs.data[i] = inputs.data[i] / 4 + 0.05 * noise[i];
    }
    return { inputs, labels };
  };
}
