import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { buildStars } from "../helpers/ratings.js";
import { runtimes, testOn } from "./runtimes.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder: string;
let expected: Buffer;

/** The model file that the command writes when `program` runs it. */
async function modelFile(program: string, name: string): Promise<Buffer> {
  const args = [command, "complete", "ratings.csv", "--seed", "3", "--out", name, "--json"];
  await promisify(execFile)(program, args, { cwd: folder });
  return readFile(join(folder, name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lowrank-model-"));
  const recipe = { rows: 60, cols: 50, rank: 2, observed: 0.5, noise: 0.3, seed: 1 };
  const { rowIds, colIds, values } = buildStars(recipe).observed;
  const lines = rowIds.map((row, p) => `${row},${colIds[p]},${values[p]}`);
  await writeFile(join(folder, "ratings.csv"), `user,film,stars\n${lines.join("\n")}\n`);
  expected = await modelFile(process.execPath, "here.lowrank");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

for (const runtime of runtimes.filter(({ name }) => name.startsWith("Node"))) {
  testOn(runtime)(
    `${runtime.name} writes the same model file, byte for byte, as this Node`,
    async () => {
      expect(expected.length).toBeGreaterThan(1000);
      const file = await modelFile(runtime.program, `${runtime.name}.lowrank`);
      expect(file.equals(expected)).toBe(true);
    },
  );
}
