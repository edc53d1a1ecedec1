// Scalar quantization of coefficients to a codebook of a few levels.
import { fromFloat32, toFloat32 } from "../formats/stored-tensor.js";
import type { FloatArray } from "../wasm/index.js";

/** k-means rarely moves a boundary after this many rounds, and every round is a pass only. */
const rounds = 20;

/** The place of the nearest level for each value, the first of equally near ones. O(n levels). */
export function nearestLevels(values: FloatArray, codebook: FloatArray, to: Int32Array): void {
  for (let j = 0; j < values.length; j++) {
    let best = 0;
    for (let i = 1; i < codebook.length; i++) {
      if (Math.abs(codebook[i] - values[j]) < Math.abs(codebook[best] - values[j])) best = i;
    }
    to[j] = best;
  }
}

/**
 * A codebook for the values: the means of `levels` equal intervals around 0 (or their middles, where
 * they are empty), and with `kMeans` rounds of k-means from there (Lloyd 1982). Ascending.
 */
export function startCodebook(values: FloatArray, levels: number, kMeans: boolean): Float32Array {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  const half = most + 1e-6;
  const middles = Float32Array.from(
    { length: levels },
    (_, i) => ((2 * i + 1) / levels - 1) * half,
  );
  const symbols = new Int32Array(values.length);
  let codebook = middles;
  for (let round = 0; round < (kMeans ? rounds + 1 : 1); round++) {
    nearestLevels(values, codebook, symbols);
    const [sums, counts] = [new Float64Array(levels), new Int32Array(levels)];
    for (let j = 0; j < symbols.length; j++) {
      sums[symbols[j]] += values[j];
      counts[symbols[j]]++;
    }
    const last = codebook;
    codebook = last.map((level, i) => (counts[i] === 0 ? level : sums[i] / counts[i]));
  }
  return codebook.sort();
}

/** Numbers in half precision, as the certificate keeps them: 2 bytes each. */
export function halves(values: FloatArray): Uint8Array {
  return fromFloat32([values.length], Float32Array.from(values), "F16").bytes;
}

/** What `halves` kept. */
export function fromHalves(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return toFloat32({ dtype: "F16", shape: [bytes.length / 2], bytes }, "codebook", "certificate");
}
