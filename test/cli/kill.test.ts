import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killAfter, lowrankJson, temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
const { at } = folder;
const complete = (seed: string, out: string) =>
  ["complete", at("ratings.csv"), "--rank", "2", "--seed", seed, "--out", at(out)] as const;

beforeAll(() => {
  const cells = Array.from({ length: 20 * 15 }, (_, k) => [k % 20, Math.floor(k / 20)]);
  const lines = cells.map(([u, i]) => `u${u},i${i},${1 + ((u * i) % 5)}\n`);
  writeFileSync(at("ratings.csv"), lines.join(""));
});
afterAll(folder.remove);

test("kill -9 at any moment of complete --out leaves the old model or the new one, whole", async () => {
  lowrankJson(complete("1", "old"));
  const start = performance.now();
  lowrankJson(complete("2", "new"));
  const duration = performance.now() - start;
  const [before, after] = [readFileSync(at("old")), readFileSync(at("new"))];
  expect(after.equals(before)).toBe(false);

  let killed = 0;
  const moments = 100;
  for (let k = 0; k < moments; k++) {
    copyFileSync(at("old"), at("model"));
    // Half of them anywhere in the run, half about its end, where the file is written; spread by
    // the golden ratio, so that no two agree.
    const place = (k * 0.6180339887) % 1;
    const moment = (k % 2 === 0 ? place : 0.8 + 0.4 * place) * duration;
    if ((await killAfter(complete("2", "model"), moment)).killed) killed++;
    const found = readFileSync(at("model"));
    expect(found.equals(before) || found.equals(after)).toBe(true);
  }
  expect(killed).toBeGreaterThan(0);
  lowrankJson(complete("2", "model")); // what the killed runs left behind is no hindrance
  expect(readFileSync(at("model")).equals(after)).toBe(true);
});
