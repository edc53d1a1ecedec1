// Runs the cases of a target in a process of its own, and goes on behind a case that never ends or
// takes the process with it.
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { progressFields } from "./target.mjs";

const driver = fileURLToPath(new URL("drive.mjs", import.meta.url));
const dumps = fileURLToPath(new URL("../build/fuzz/cases", import.meta.url));
const pollMilliseconds = 250;
/** At most this many processes are lost before the run is given up. */
const mostRestarts = 20;

/**
 * @typedef {{ fault: string, kind?: string, detail: string, number: number, mutations?: number,
 *   dump?: string }} Fault
 */

/**
 * @param {{ module: string, name: string, seed: number, first: number, last: number,
 *   hangSeconds?: number, onFault?: (fault: Fault) => void }} job module: URL of one that exports
 *   `targets`
 * @returns {Promise<{ name: string, cases: number, valid: number, read: number, refused: number,
 *   faulty: number, faults: Fault[], refusals: number, seconds: number }>}
 */
export async function runTarget({ module, name, seed, first, last, hangSeconds = 60, onFault }) {
  const scratch = mkdtempSync(join(tmpdir(), "lowrank-fuzz-"));
  const progressFile = join(scratch, "progress");
  const start = performance.now();
  const refusals = new Set();
  const faults = new Map();
  const result = { name, cases: last - first, valid: 0, read: 0, refused: 0, faulty: 0 };
  const onLine = (line) => {
    if (line.refusal !== undefined) refusals.add(line.refusal);
    else add(line);
  };
  function add(fault) {
    const kind = `${fault.fault}: ${fault.kind ?? ""}`;
    if (faults.has(kind)) return;
    faults.set(kind, fault);
    onFault?.(fault);
  }
  try {
    for (let next = first, restarts = 0; next < last; ) {
      const args = [module, name, seed, next, last, progressFile, dumps].map(String);
      const end = await drive(args, progressFile, hangSeconds, onLine);
      const progress = readProgress(progressFile);
      for (const count of ["valid", "read", "refused"]) result[count] += progress[count];
      result.faulty += progress.faults;
      if (end === undefined && progress.number === last) break;
      result.faulty++;
      if (Number.isNaN(progress.number)) throw new Error(`${name} does not start: ${end}`);
      add({ fault: end ?? "the process ended by itself", detail: "", number: progress.number });
      next = progress.number + 1;
      if (++restarts > mostRestarts) throw new Error(`${name}: ${restarts} processes were lost`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const seconds = (performance.now() - start) / 1000;
  return { ...result, faults: [...faults.values()], refusals: refusals.size, seconds };
}

/** One process. @returns why it did not come to its end, or undefined */
function drive(args, progressFile, hangSeconds, onLine) {
  closeSync(openSync(progressFile, "w"));
  const flags = ["--max-old-space-size=1024", "--no-warnings"];
  const child = spawn(process.execPath, [...flags, driver, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    // A process that is killed may leave half a line.
    try {
      onLine(JSON.parse(line));
    } catch {}
  });
  let lastWords = "";
  child.stderr.on("data", (text) => {
    lastWords = (lastWords + text).slice(-4000);
  });
  let killed = false;
  let [at, since] = [Number.NaN, performance.now()];
  const poll = setInterval(() => {
    const { number } = readProgress(progressFile);
    if (number !== at) [at, since] = [number, performance.now()];
    else if (performance.now() - since > hangSeconds * 1000) killed = child.kill("SIGKILL");
  }, pollMilliseconds);
  return new Promise((done) => {
    child.on("close", (code, signal) => {
      clearInterval(poll);
      if (killed) done(`no end after ${hangSeconds} s`);
      else if (signal) done(`the process died of ${signal}: ${firstLine(lastWords)}`);
      else if (code !== 0) done(`the process ended with code ${code}: ${firstLine(lastWords)}`);
      else done(undefined);
    });
  });
}

function firstLine(text) {
  const lines = text.split("\n");
  return (lines.find((line) => /Error|FATAL|Fatal/.test(line)) ?? lines[0]).slice(0, 300);
}

/** The last that the process wrote; numbers are NaN before its first case. */
function readProgress(file) {
  const fields = new Float64Array(progressFields.length).fill(Number.NaN);
  const handle = openSync(file, "r");
  const length = readSync(handle, fields, 0, fields.byteLength, 0);
  closeSync(handle);
  const known = length === fields.byteLength;
  return Object.fromEntries(
    progressFields.map((name, i) => [name, known ? fields[i] : name === "number" ? Number.NaN : 0]),
  );
}
