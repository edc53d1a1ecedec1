// How long a PolarAir server takes for a signal of the paper's size, beside the same computation in
// NumPy (test/fixtures/polar_air.py), which decodes all candidates of a round at once and has the
// sequences as a matrix beforehand: a row of neighbours.mjs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gaussianChannel, PolarAirServer, PolarAirWorker } from "../dist/federated/index.js";
import { Matrix } from "../dist/index.js";
import { processorMilliseconds } from "../lab/processor-time.mjs";
import { median } from "../lab/statistics.mjs";

/** The paper's: 270 of 2^19 entries in 400 x 32 measurements. */
const paper = {
  ...{ dimension: 2 ** 19, sparsity: 270, spreading: 400, codeLength: 32, sequences: 512, seed: 3 },
};

/**
 * Median milliseconds of processor time of a decoding; NumPy's are undefined where it is not there.
 *
 * @throws Error when both do not find the same entries.
 */
export function polarAir({ python = "python3", rounds }) {
  const gradient = Matrix.randomNormal(1, paper.dimension, { seed: 5 }).data;
  const signal = new PolarAirWorker(paper).encode(gradient.map((x) => x ** 3 / 1000));
  const received = gaussianChannel({ power: 1000, seed: 1 }).transmit([signal]);
  const candidates = paper.sparsity;
  const server = new PolarAirServer({ ...paper, candidates });
  const times = [];
  let decoded;
  for (let round = 0; round < rounds + 2; round++) {
    const start = processorMilliseconds();
    decoded = server.decode(received);
    // The first rounds warm up.
    if (round >= 2) times.push(processorMilliseconds() - start);
  }
  const theirs = inNumpy({ ...paper, candidates }, received, python, rounds);
  if (theirs && `${theirs.indices}` !== `${decoded.indices}`) {
    throw new Error("polar-air: NumPy found other entries");
  }
  return {
    work: "PolarAir, 270 of 2^19",
    lowrank: median(times),
    numpy: theirs && 1000 * median(theirs.seconds),
  };
}

function inNumpy(scheme, received, python, rounds) {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-polar-air-"));
  try {
    const file = join(folder, "received.f64");
    writeFileSync(file, received.data);
    const [script, fixtures] = ["polar_air.py", "../test/fixtures"].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    );
    const given = [script, fixtures, JSON.stringify(scheme), file, `${rounds}`];
    return JSON.parse(execFileSync(python, given, { stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
