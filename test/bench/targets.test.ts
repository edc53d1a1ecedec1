import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { evaluate } from "../../bench/harness/targets.mjs";
import { type Measurement, makeResults, type Results } from "./results.js";

interface Row {
  work: string;
  runtime: string;
  target: string;
  verdict: string;
}

const judge = (results: Results) => evaluate(results) as unknown as Row[];

const missed = (results: Results) =>
  judge(results)
    .filter(({ verdict }) => verdict !== "met")
    .map(({ work, runtime, target, verdict }) => [work, runtime, target, verdict].join(": "));

const slower = (times: number, which: (each: Measurement) => boolean) =>
  makeResults((each) => {
    if (each.seconds && which(each)) each.seconds.median *= times;
  });

test("results that meet every target miss none", () => {
  expect(missed(makeResults())).toEqual([]);
});

test("one slow work of ours misses its targets and no other", () => {
  const results = slower(
    1.5, // from 95 to 63 of the ceiling's 100, still six times the peer's
    ({ work, role, runtime }) => work === "f32 512" && role === "ours" && runtime === "Node 20",
  );
  expect(missed(results)).toEqual(["f32 matmul 512: Node 20: of the micro-kernel ceiling: missed"]);
});

test("a target relative to a peer is met at 95 % of the ceiling where that is lower", () => {
  const strongPeer = (ours: number) =>
    makeResults(({ work, role, seconds }) => {
      if (work !== "f64 256") return;
      if (role === "peer") seconds.median /= 9; // 90 of the ceiling's 100: 1.3 times is beyond it
      if (role === "ours") seconds.median *= 95 / ours;
    });
  expect(missed(strongPeer(96))).toEqual([]);
  expect(missed(strongPeer(94))).toEqual([
    "f64 matmul 256: Node 20: times the best peer: missed",
    "f64 matmul 256: Node 24: times the best peer: missed",
  ]);
});

test("without NumPy its targets have no reference, and none is missed", () => {
  const rows = judge(makeResults(({ role }) => role !== "native"));
  const verdicts = rows.map(({ verdict }) => verdict);
  expect(verdicts).toContain("no reference");
  expect(verdicts).not.toContain("missed");
});

test("what was not measured of ours is missed", () => {
  for (const name of ["matmul", "shapes", "factorizations", "threads", "startup"]) {
    const { [name]: _, ...rest } = makeResults();
    expect(missed(rest).some((line) => line.endsWith("missed"))).toBe(true);
  }
});

test("the best peer is the best of those with the same arithmetic", () => {
  const relaxed = makeResults((each) => {
    if (each.work === "f32 128" && each.role === "peer" && each.runtime === "Node 24") {
      each.relaxed = true;
      each.seconds.median /= 100;
    }
  });
  expect(missed(relaxed)).toEqual(["f32 matmul 128: Node 24: times the best peer: no reference"]);
});

test("relaxed is to win 15 % in f64 where the widest vectors are AVX2", () => {
  const results = makeResults();
  (results.matmul.machine as { avx512: boolean }).avx512 = false;
  expect(missed(results)).toEqual(["f64 matmul 512, relaxed: Node 24: times the baseline: missed"]);
});

test("--check --saved exits 0 where all is met and 1 where a target is missed", () => {
  const check = (results: Results) => {
    const folder = mkdtempSync(join(tmpdir(), "lowrank-"));
    for (const [name, result] of Object.entries(results)) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
    }
    const runner = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
    const options = ["--check", "--saved", "--results", folder];
    const result = spawnSync(process.execPath, [runner, ...options], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    return result;
  };
  const good = check(makeResults());
  expect(good.stdout).toMatch(/^\d+ met, 0 missed, 0 no reference\n$/);
  expect(good.status).toBe(0);
  const bad = check(slower(9.5, ({ work, role }) => work === "eigh 500" && role === "ours"));
  expect(bad.stdout).toContain("missed: eigh 500, Node 20: 10.00 times NumPy's time");
  expect(bad.status).toBe(1);
});

test("an unknown bench or option is one line and the usage, exit 2", () => {
  const runner = fileURLToPath(new URL("../../bench/run.mjs", import.meta.url));
  for (const argument of ["matmull", "--fast"]) {
    const { status, stderr } = spawnSync(process.execPath, [runner, argument], {
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bench: .*\n/);
  }
});
