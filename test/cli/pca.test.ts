import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { Matrix, pca } from "../../src/index.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";

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
