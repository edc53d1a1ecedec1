import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const { at } = folder;
/** 12 x 9 of rank 3. */
const A = matmul(
  Matrix.from(Array.from({ length: 12 }, (_, i) => [1, i, (i * i) % 7])),
  Matrix.from([0, 1, 2].map((k) => Array.from({ length: 9 }, (_, j) => ((j * (k + 2)) % 5) - 1))),
);

function save(name: string, matrix: Matrix): void {
  const data = matrix.data as Float64Array<ArrayBuffer>;
  writeFileSync(at(name), encodeNpy({ shape: [matrix.rows, matrix.cols], data }));
}

function load(...names: string[]): Matrix {
  const { shape, data } = decodeNpy(readFileSync(at(...names)));
  return new Matrix(shape[0], shape[1] ?? 1, data);
}

beforeAll(() => {
  save("A.npy", A);
  save("A32.npy", A.astype("f32"));
});
afterAll(folder.remove);

test.each([
  ["A.npy", "f64", 1e-12],
  ["A32.npy", "f32", 1e-4],
] as const)("svd of %s writes factors in %s whose product is the matrix", (file, dtype, bound) => {
  const result = lowrankJson(["svd", at(file), "--rank", "3", "--out", at("out", dtype)]);
  const [U, S, V] = ["U.npy", "S.npy", "V.npy"].map((name) => load("out", dtype, name));
  expect([U.dtype, S.dtype, V.dtype]).toEqual([dtype, dtype, dtype]);
  expect([U.rows, U.cols, S.rows, V.rows, V.cols]).toEqual([12, 3, 3, 9, 3]);
  expect(result).toMatchObject({ rows: 12, cols: 9, rank: 3 });
  expect(result.singularValues).toEqual(Array.from(S.data));
  expect(result.files).toEqual(["U.npy", "S.npy", "V.npy"].map((n) => at("out", dtype, n)));

  const US = Matrix.from(
    U.toArray().map((row) => row.map((u, k) => u * S.data[k])),
    { dtype },
  );
  const product = matmul(US, V, { transposeB: true });
  const error = Math.max(...product.data.map((x, i) => Math.abs(x - A.data[i])));
  expect(error / Math.max(...A.data.map(Math.abs))).toBeLessThan(bound);
});

test("svd prints the singular values, and writes nothing unless asked", () => {
  const before = folder.names();
  const { status, stdout, stderr } = lowrank(["svd", at("A.npy"), "--rank", "2"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.split("\n").filter((line) => /^ {2}\d+\.\d+$/.test(line))).toHaveLength(2);
  expect(folder.names()).toEqual(before);
});

test("svd takes a vector as a column and a number as one entry", () => {
  const svdOf = (shape: number[], data: Float64Array<ArrayBuffer>) => {
    writeFileSync(at("v.npy"), encodeNpy({ shape, data }));
    return lowrankJson(["svd", at("v.npy"), "--rank", "1", "--out", at("v")]);
  };
  const { rows, cols, singularValues } = svdOf([2], Float64Array.of(3, -4));
  expect([rows, cols, singularValues[0]]).toEqual([2, 1, expect.closeTo(5, 12)]);
  const [U, V] = [load("v", "U.npy"), load("v", "V.npy")];
  expect([U.rows, U.cols, V.rows, V.cols]).toEqual([2, 1, 1, 1]);
  const sign = V.get(0, 0);
  expect([U.get(0, 0) * sign, U.get(1, 0) * sign]).toEqual([
    expect.closeTo(0.6, 12),
    expect.closeTo(-0.8, 12),
  ]);
  expect(svdOf([], Float64Array.of(-2)).singularValues).toEqual([2]);
});

test("svd gives the same bytes for the same seed", () => {
  const run = (name: string) => {
    lowrankJson(["svd", at("A.npy"), "--rank", "2", "--seed", "7", "--out", at(name)]);
    return readFileSync(at(name, "U.npy"));
  };
  expect(run("first")).toEqual(run("second"));
});

test("a tall file is read by blocks: the triplets of the matrix, the same bytes on any number of threads", () => {
  const rows = 17_000;
  // The second is of rank 4: its blocks do not say the fifth vector, so it is computed as a whole.
  const low = matmul(
    Matrix.randomNormal(rows, 4, { seed: 1 }),
    Matrix.randomNormal(4, 9, { seed: 2 }),
  );
  const full = Matrix.randomNormal(rows, 9, { seed: 3 });
  for (const [name, tall] of Object.entries({ full, low, single: full.astype("f32") })) {
    save("tall.npy", tall);
    const runs = [1, 2, 4].map((threads) => {
      const out = ["--out", at(name, String(threads)), "--threads", String(threads)];
      lowrankJson(["svd", at("tall.npy"), "--rank", "5", ...out]);
      const load = (file: string) => decodeNpy(readFileSync(at(name, String(threads), file)));
      return ["U.npy", "S.npy", "V.npy"].map((file) => load(file).data);
    });
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
    const { U, S, V } = svd(tall);
    const bound = tall.dtype === "f32" ? 2e-5 : 1e-10;
    const [u, s, v] = runs[0];
    for (let k = 0; k < (name === "low" ? 4 : 5); k++) {
      expect(Math.abs(s[k] - S[k]) / S[0]).toBeLessThan(bound);
      for (let j = 0; j < 9; j++)
        expect(Math.abs(v[j * 5 + k] - V.get(j, k))).toBeLessThan(50 * bound);
      for (let i = 0; i < rows; i += 97) {
        expect(Math.abs(u[i * 5 + k] - U.get(i, k))).toBeLessThan(50 * bound);
      }
    }
  }
});

test("svd refuses bad files and bad usage with exit code 2 and one line", () => {
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["svd", ...args, "--out", at("refused")]), "lowrank svd: ", reason);
  const rank = ["--rank", "2"];
  writeFileSync(at("text.npy"), "1,2,3\n");
  writeFileSync(at("cube.npy"), encodeNpy({ shape: [1, 3, 1], data: new Float64Array(3) }));
  writeFileSync(at("torn.npy"), readFileSync(at("A.npy")).subarray(0, 300));
  save(
    "nan.npy",
    Matrix.from([
      [1, 2],
      [3, Number.NaN],
    ]),
  );
  save("empty.npy", Matrix.zeros(0, 3));

  refuse([at("missing.npy"), ...rank], `${at("missing.npy")}: there is no such file`);
  refuse([folder.path, ...rank], "it is a directory");
  refuse([at("text.npy"), ...rank], `${at("text.npy")}: not a .npy file`);
  refuse([at("cube.npy"), ...rank], "at most 2 dimensions are read");
  refuse([at("torn.npy"), ...rank], "the file is truncated");
  refuse([at("nan.npy"), ...rank], "entry [1, 1] is NaN");
  refuse([at("empty.npy"), ...rank], "shape (0, 3): it is empty");
  refuse([at("A.npy"), "--rank", "10"], "the rank must be at most 9");
  refuse([at("A.npy"), "--rank", "0"], "must be an integer >= 1");
  refuse([at("A.npy"), "--rank", "2.5"], "must be an integer >= 1");
  refuse([at("A.npy"), "--rank", "two"], "must be an integer >= 1");
  refuse([at("A.npy"), ...rank, "--seed", "-1"], "must be an integer >= 0");
  refuse([at("A.npy"), ...rank, "--threads", "0"], "must be an integer in 1 .. 64, or auto");
  refuse([at("A.npy")], "required option '--rank <k>' not specified");
  refuse(rank, "missing required argument");
  refuse([at("A.npy"), at("A.npy"), ...rank], "too many arguments");
  refuse([at("A.npy"), ...rank, "--jsn"], "unknown option '--jsn' (Did you mean --json?)");
  expect(folder.names()).not.toContain("refused");
});

test("svd refuses an output folder that cannot be", () => {
  mkdirSync(at("taken", "S.npy"), { recursive: true });
  const run = (out: string) => lowrank(["svd", at("A.npy"), "--rank", "2", "--out", out]);
  expectRefusal(run(at("A.npy")), "lowrank svd: ", "it is not a folder");
  expectRefusal(run(at("taken")), "lowrank svd: ", "it is a directory");
});
