import { randomUniformArray } from "../../linalg/random.js";
import * as streams from "../../linalg/streams.js";

/** Multiplies each number by -1 or 1, at random. */
export function flipSigns(x: { length: number; [i: number]: number }, seed: number): void {
  const draw = randomUniformArray(x.length, seed, streams.randomSigns.first, "f64");
  for (let i = 0; i < x.length; i++) if (draw[i] < 0.5) x[i] = -x[i];
}
