import { log } from "../linalg/elementary.js";
import { operatorInJob } from "../linalg/in-job/linear-operator.js";
import { randomUniformArray } from "../linalg/random.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { SeededMap, shaped } from "./seeded-map.js";

/**
 * Every entry is there with probability p = 1 / sqrt(size), as +-size^(-1/4), otherwise 0 (Achlioptas
 * 2003; Li, Hastie and Church 2006): columns of length 1 in the mean, dimension sqrt(size) entries.
 */
export function sparseSigns(size: number, dimension: number, seed: number): SeededMap {
  const total = size * dimension;
  const places = randomPlaces(total, 1 / Math.sqrt(size), seed);
  const signs = randomUniformArray(places.length, seed, streamAt(streams.projector, 6), "f64");
  const value = 1 / Math.sqrt(Math.sqrt(size));
  const rowStart = new Int32Array(size + 1);
  for (const place of places) rowStart[Math.floor(place / dimension) + 1]++;
  for (let i = 0; i < size; i++) rowStart[i + 1] += rowStart[i];
  const colIndices = Int32Array.from(places, (place) => place % dimension);
  const values = Float64Array.from(signs, (u) => (u < 0.5 ? -value : value));
  const matrix = SparseMatrix.fromSorted(dimension, rowStart, colIndices, values);
  return new SeededMap(size, dimension, (job, dtype) => {
    const P = dtype === "f64" ? matrix : matrix.withValues(Float32Array.from(values));
    const { multiply, multiplyTransposed } = operatorInJob(job, "projector", P);
    return {
      apply: (w, to) => multiply(shaped(w, dimension, 1), shaped(to, size, 1)),
      adjoint: (g, to) => multiplyTransposed(shaped(g, size, 1), shaped(to, dimension, 1)),
    };
  });
}

/** Places 0 .. total - 1, each taken with probability p: the gaps between them are geometric. */
function randomPlaces(total: number, p: number, seed: number): number[] {
  const places: number[] = [];
  if (p === 1) return Array.from({ length: total }, (_, i) => i);
  const step = log(1 - p);
  const stream = streamAt(streams.projector, 5);
  // As many draws as are needed with near certainty; the mean is p total.
  const draws = Math.ceil(p * total + 12 * Math.sqrt(p * total) + 64);
  let place = -1;
  for (const u of randomUniformArray(draws, seed, stream, "f64")) {
    place += 1 + Math.floor(log(u) / step);
    if (place >= total) break;
    places.push(place);
  }
  return places;
}
