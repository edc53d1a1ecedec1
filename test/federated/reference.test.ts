// Both ends against an implementation of their own in NumPy, from the seed to what is found.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type PolarAirScheme, PolarAirServer, PolarAirWorker } from "../../src/federated.js";

interface Case {
  scheme: PolarAirScheme;
  candidates: number;
  indices: number[];
  values: number[];
  /** Some numbers of the signal, at equal distances. */
  signal: number[];
  noise: number;
  /** Of the noise, in units of noise / 1024. */
  steps: number[];
  found: number[];
  fitted: number[];
  rounds: number;
}
const cases = JSON.parse(
  readFileSync(new URL("../fixtures/polar-air.json", import.meta.url), "utf8"),
) as Case[];

test.each(cases)("$scheme.dimension entries, noise $noise: the signal and what is found", (one) => {
  const { scheme, candidates, indices, values, noise, steps } = one;
  const signal = new PolarAirWorker(scheme).encodeEntries(indices, values);
  const stride = Math.max(1, Math.floor(signal.data.length / 40));
  one.signal.forEach((value, i) => {
    expect(Math.abs(signal.data[i * stride] - value) < 1e-12).toBe(true);
  });
  signal.data.set(signal.data.map((x, i) => x + (noise * steps[i]) / 1024));
  const decoded = new PolarAirServer({ ...scheme, candidates }).decode(signal);
  expect([...decoded.indices]).toEqual(one.found);
  expect(decoded.rounds).toBe(one.rounds);
  one.fitted.forEach((value, i) => {
    expect(Math.abs(decoded.values[i] - value) < 1e-9).toBe(true);
  });
});
