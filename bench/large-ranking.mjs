// Ten million clicks: a fit of lowrank beside one of Python's `implicit`, each in a process of its own
// on one thread. Part of bench/ranking.mjs; also
//   node bench/large-ranking.mjs FOLDER: one fit on its rows.i32 and cols.i32, as a line of JSON.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rankMatrix } from "../dist/index.js";
import { uniform } from "../lab/random.mjs";

const self = fileURLToPath(import.meta.url);
const [clicks, users, items, tastes] = [10_000_000, 200_000, 20_000, 50];

if (process.argv[1] === self) fit(process.argv[2]);

/** Users click mostly what belongs to their taste; few items get most of the clicks. */
function writeClicks(folder) {
  const next = uniform(11);
  const [rows, cols] = [new Int32Array(clicks), new Int32Array(clicks)];
  for (let p = 0; p < clicks; p++) {
    const user = Math.floor(users * next());
    const taste = next() < 0.7 ? user % tastes : Math.floor(tastes * next());
    rows[p] = user;
    cols[p] = taste + tastes * Math.floor((items / tastes) * next() ** 2.5);
  }
  writeFileSync(join(folder, "rows.i32"), rows);
  writeFileSync(join(folder, "cols.i32"), cols);
}

function fit(folder) {
  const column = (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
    return new Int32Array(buffer, byteOffset, byteLength / 4);
  };
  const [rowIds, colIds] = [column("rows.i32"), column("cols.i32")];
  const start = performance.now();
  const model = rankMatrix({ rowIds, colIds }, { validationFraction: 0 });
  const seconds = (performance.now() - start) / 1000;
  const bytes = 1024 * process.resourceUsage().maxRSS;
  console.log(JSON.stringify({ seconds, bytes, cells: model.observed }));
}

/** @param python - of an environment with `implicit`. */
export function large(python) {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-clicks-"));
  try {
    writeClicks(folder);
    const stdio = ["ignore", "pipe", "ignore"];
    const run = (command, ...args) => JSON.parse(execFileSync(command, args, { stdio }));
    const ours = run(process.execPath, self, folder);
    const script = fileURLToPath(new URL("implicit_fit.py", import.meta.url));
    const installed = spawnSync(python, ["-c", "import implicit"]).status === 0;
    const theirs = installed ? run(python, script, folder) : undefined;
    const cells = (result) => {
      if (!result) return ["not installed", "", ""];
      const ratio = theirs ? (result.seconds / theirs.seconds).toFixed(2) : "";
      return [result.seconds.toFixed(1), ratio, Math.round(result.bytes / 1e6)];
    };
    return {
      title: "Ten million clicks of 200,000 users on 20,000 items",
      columns: ["fit", "seconds", "ratio", "peak MB of the process"],
      rows: [
        ["lowrank, without the comparison with popularity", ...cells(ours)],
        ["implicit, 64 factors, its 15 iterations, one thread", ...cells(theirs)],
      ],
      remarks:
        `${ours.cells} different cells. From columns of numbers in memory: lowrank numbers the ids, ` +
        "implicit is given their matrix, which SciPy makes before the clock starts.",
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
