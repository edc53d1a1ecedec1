import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { streamAt } from "../../src/linalg/stream-at.js";
import * as streams from "../../src/linalg/streams.js";

const ranges = Object.entries(streams)
  .map(([name, { first, count }]) => ({ name, first, end: first + count }))
  .sort((a, b) => a.first - b.first);

test("no two ranges of random streams meet, and all are streams of the generator", () => {
  for (const [i, { name, first, end }] of ranges.entries()) {
    expect(Number.isInteger(first) && end > first, name).toBe(true);
    expect(end, `${name} and what comes after it`).toBeLessThanOrEqual(
      ranges[i + 1]?.first ?? 2 ** 32,
    );
  }
});

test("a stream outside of its range is refused", () => {
  expect(streamAt({ first: 5, count: 2 }, 1)).toBe(6);
  for (const index of [-1, 2, 0.5, Number.NaN]) {
    expect(() => streamAt({ first: 5, count: 2 }, index)).toThrow("streams: number");
  }
});

test("whoever draws random numbers names its stream in the registry", () => {
  const root = fileURLToPath(new URL("../../src/", import.meta.url));
  const draws =
    /\b(randomNormalArray|randomUniformArray|randomPermutation|fillNormal|RandomIntegers)\(([^()]|\([^()]*\))*\)/g;
  const wrong = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && path !== join("linalg", "random.ts"))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return [...text.matchAll(draws)].map(([call]) => `${path}: ${call.replace(/\s+/g, " ")}`);
    })
    // By a number of its own, and not by `streams` or by what it was told.
    .filter((call) => !/\bstreams?\b|\bfirst\b/.test(call.slice(call.indexOf(":"))));
  expect(wrong).toEqual([]);
});
