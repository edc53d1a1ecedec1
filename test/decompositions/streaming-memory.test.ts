// The script of bench/ that streams embeddings from a file: its memory does not grow with the file.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../bench/streaming-pca.mjs", import.meta.url));

const measure = (rows: number) =>
  JSON.parse(
    execFileSync(process.execPath, [script, "--rows", String(rows)], { encoding: "utf8" }),
  );

test("the components of a file eight times as large take no more memory", () => {
  const [small, large] = [50_000, 400_000].map(measure);
  expect(large.rows).toBe(400_000);
  // Eight directions hold nearly all variance, as the file was made.
  expect(large.explained).toBeCloseTo(small.explained, 2);
  expect(large.explained).toBeGreaterThan(0.85);
  expect(large.fileMegabytes - small.fileMegabytes).toBeGreaterThan(89);
  expect(large.peakMegabytes - small.peakMegabytes).toBeLessThan(45);
});
