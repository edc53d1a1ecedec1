// Question: how long does a PolarAir server take for a signal of the paper's size, beside the same
// computation in NumPy on one core?
//   node bench/polar-air.mjs [--python python3] [--rounds 5]
// NumPy decodes all candidates of a round at once and has the sequences as a matrix beforehand.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gaussianChannel, PolarAirServer, PolarAirWorker } from "../dist/federated/index.js";
import { Matrix } from "../dist/index.js";
import { median } from "../lab/statistics.mjs";

/** The paper's: 270 of 2^19 entries in 400 x 32 measurements. */
const paper = {
  ...{ dimension: 2 ** 19, sparsity: 270, spreading: 400, codeLength: 32, sequences: 512, seed: 3 },
};

/** Row of the table of neighbours: median milliseconds of both, for one signal of one worker. */
export function polarAir({ python = "python3", rounds = 5 } = {}) {
  const gradient = Matrix.randomNormal(1, paper.dimension, { seed: 5 }).data.map(
    (x) => x ** 3 / 1000,
  );
  const signal = new PolarAirWorker(paper).encode(gradient);
  const received = gaussianChannel({ power: 1000, seed: 1 }).transmit([signal]);
  const candidates = paper.sparsity;
  const server = new PolarAirServer({ ...paper, candidates });
  const times = [];
  let decoded;
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    decoded = server.decode(received);
    // The first one compiles.
    if (round > 0) times.push(performance.now() - start);
  }
  const theirs = inNumpy({ ...paper, candidates }, received, python, rounds);
  if (`${theirs.indices}` !== `${decoded.indices}`) {
    throw new Error("polar-air: NumPy found other entries");
  }
  return {
    work: "PolarAir, decoding: 270 of 2^19 entries, 12,800 uses",
    lowrank: median(times),
    NumPy: 1000 * median(theirs.seconds),
    most: 1.5,
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
    return JSON.parse(execFileSync(python, given).toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = { type: "string" };
  const { values } = parseArgs({ options: { python: text, rounds: text } });
  const row = polarAir({ ...values, rounds: Number(values.rounds ?? 5) });
  console.log(
    `${row.work}: lowrank ${row.lowrank.toFixed(0)} ms, NumPy ${row.NumPy.toFixed(0)} ms`,
  );
  console.log(`${(row.lowrank / row.NumPy).toFixed(2)}x NumPy's time, at most ${row.most}`);
}
