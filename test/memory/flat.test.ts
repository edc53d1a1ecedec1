import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("flat.mjs", import.meta.url));
const limits = { rss: 16 * 2 ** 20, outside: 2 ** 20 };

// What leaks show, measured outside of the heap: results kept, 40 MB; unfinished trainings kept,
// 275 MB.
test.each([
  ["matmul", 100_000],
  ["qr", 100_000],
  ["svd", 100_000],
  ["train", 200],
  ["completeMatrix", 200],
  ["pool", 20_000],
])("memory stays flat over many calls: %s, %i times", async (name, calls) => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    program,
    name,
    String(calls),
    JSON.stringify(limits),
  ]);
  const { rss, outside } = JSON.parse(stdout);
  expect(outside).toBeLessThan(limits.outside);
  expect(rss).toBeLessThan(limits.rss);
});
