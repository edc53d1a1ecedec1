import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy, encodeNpy, npyHeader } from "../../src/formats/npy.js";
import { Matrix, pca } from "../../src/index.js";
import { cliPath, expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const { at } = folder;
const X = Matrix.randomNormal(50, 6, { seed: 1, dtype: "f32" });

function save(name: string, { rows, cols, data }: Matrix): void {
  writeFileSync(
    at(name),
    encodeNpy({ shape: [rows, cols], data: data as Float32Array<ArrayBuffer> }),
  );
}

beforeAll(() => save("X.npy", X));
afterAll(folder.remove);

test("pca writes what the function of that name finds, to the same bits", () => {
  const model = pca(X, { components: 2, whiten: true, scale: true });
  const options = ["--components", "2", "--whiten", "--scale"];
  const result = lowrankJson(["pca", at("X.npy"), ...options, "--out", at("out")]);
  const load = (name: string) => decodeNpy(readFileSync(at("out", `${name}.npy`)));
  expect(load("transformed")).toMatchObject({ shape: [50, 2], data: model.transform(X).data });
  expect(load("components")).toMatchObject({ shape: [2, 6], data: model.components.data });
  expect(load("means").data).toEqual(model.means);
  expect(load("scales").data).toEqual(model.scales);
  expect(load("explainedVariance").data).toEqual(model.explainedVariance);
  expect(result).toMatchObject({ rows: 50, cols: 6, components: 2 });
  expect(result.explainedVariance).toEqual(Array.from(model.explainedVariance));
  expect(result.files).toHaveLength(5);
});

test("of many rows, which are read by blocks, it is the same, whole or packed, on any number of threads", () => {
  const tall = Matrix.randomNormal(9001, 5, { seed: 2 });
  const model = pca(tall, { variance: 0.7 });
  save("tall.npy", tall);
  writeFileSync(at("tall.npy.gz"), gzipSync(readFileSync(at("tall.npy"))));
  for (const [name, threads] of [
    ["tall.npy", "1"],
    ["tall.npy", "2"],
    ["tall.npy.gz", "4"],
  ]) {
    const out = ["--out", at(`out${threads}`), "--threads", threads];
    const { components } = lowrankJson(["pca", at(name), "--variance", "0.7", ...out]);
    expect(components).toBe(model.components.rows);
    const load = (of: string) => decodeNpy(readFileSync(at(`out${threads}`, `${of}.npy`))).data;
    expect(load("components")).toEqual(model.components.data);
    expect(load("transformed")).toEqual(model.transform(tall).data);
  }
  const entry = 4097 * 5 + 3;
  tall.data[entry] = Number.NaN;
  save("bad.npy", tall);
  const reason = "entry [4097, 3] is NaN: every entry must be finite";
  for (const threads of ["1", "2"]) {
    const run = lowrank(["pca", at("bad.npy"), "--out", at("bad"), "--threads", threads]);
    expectRefusal(run, "lowrank pca: ", reason);
  }
  expect(folder.names()).not.toContain("bad");
});

test("a file is never in memory as a whole, nor what is written", () => {
  const [cols, rows] = [32, 20_000];
  const { data } = Matrix.randomNormal(rows, cols, { seed: 3, dtype: "f32" });
  const block = new Uint8Array(data.buffer);
  const peak = (command: string[], times: number) => {
    writeFileSync(at("large.npy"), npyHeader([times * rows, cols], "<f4"));
    for (let i = 0; i < times; i++) appendFileSync(at("large.npy"), block);
    const report = "process.on('exit', () => console.error(process.resourceUsage().maxRSS))";
    const args = [
      "--import",
      `data:text/javascript,${report}`,
      cliPath,
      ...command,
      at("large.npy"),
    ];
    const { stderr } = spawnSync(process.execPath, [...args, "--out", at("large")], {
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^\d+\n$/);
    return Number(stderr) / 1024;
  };
  for (const command of [["pca"], ["svd", "--rank", "4"]]) {
    const [small, large] = [1, 50].map((times) => peak(command, times)); // 2.4 and 122 MiB
    expect(large - small).toBeLessThan(60);
  }
});

test("pca prints a line per component, and writes nothing unless asked", () => {
  const before = folder.names();
  const { status, stdout, stderr } = lowrank(["pca", at("X.npy"), "--variance", "1"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("50 x 6, 6 components explain 100.00 % of the variance");
  expect(stdout.match(/^ {2}\d: /gm)).toHaveLength(6);
  expect(folder.names()).toEqual(before);
});

test("pca refuses bad usage with exit code 2 and one line", () => {
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["pca", ...args, "--out", at("refused")]), "lowrank pca: ", reason);
  save("row.npy", Matrix.zeros(1, 3));
  refuse([at("missing.npy")], "there is no such file");
  refuse([at("row.npy")], "shape (1, 3): there must be two rows or more");
  refuse([at("X.npy"), "--components", "7"], "it must be at most 6");
  refuse([at("X.npy"), "--components", "0"], "must be an integer >= 1");
  refuse([at("X.npy"), "--variance", "2"], "must be a number >= 0 and <= 1");
  refuse([at("X.npy"), "--variance", "0.5", "--components", "1"], "only one may be given");
  expect(folder.names()).not.toContain("refused");
});
