// A fuzzer that cannot fail proves nothing: each kind of fault is planted, and must be found.
import { beforeAll, expect, test } from "vitest";
import { bundle } from "../../fuzz/bundle.mjs";
import { planOf } from "../../fuzz/case.mjs";
import { Random } from "../../fuzz/random.mjs";
import { runTarget } from "../../fuzz/supervise.mjs";
import { names, targetsModule } from "../../fuzz/targets/index.mjs";

const planted = new URL("planted.mjs", import.meta.url).href;
const run = (name: string, cases = 600, hangSeconds = 200, module = planted) =>
  runTarget({ module, name, seed: 1, first: 0, last: cases, hangSeconds });

beforeAll(bundle);

test("a target without a fault has none, and some inputs of each kind", async () => {
  const { faults, valid, read, refused } = await run("sound");
  expect(faults).toEqual([]);
  expect(valid + read + refused).toBe(600);
  for (const count of [valid, read, refused]) expect(count).toBeGreaterThan(30);
});

test.each([
  ["nan", "not finite"],
  ["wrong value", "a valid input was read wrongly"],
  ["refuses what is valid", "a valid input was refused"],
  ["the engine's words", "the engine's words"],
  ["another error", "not an error of ours"],
  ["two lines", "a message with control characters"],
  ["no bound", "a message of 1005 characters"],
  ["writes to its input", "the input was written to"],
  ["depends on the memory", "another result from other memory"],
  ["depends on the call before", "another result from other memory"],
  ["slow", "too much time or memory"],
  ["hungry", "too much time or memory"],
  ["complaint", "an invalid result"],
])("a planted fault is found: %s", async (name, kind) => {
  const { faults } = await run(name, name === "slow" ? 40 : 600);
  expect(faults.map(({ fault }) => fault)).toContain(kind);
});

test.each([
  ["endless", /^no end after/],
  ["abort", /^the process (died|ended)/],
])(
  "a case that takes the process with it is named, and the run goes on: %s",
  async (name, kind) => {
    const found = await run(name, 25, 15);
    expect(found.faults.length).toBeGreaterThan(0);
    for (const { fault } of found.faults) expect(fault).toMatch(kind);
    // The case by itself is the same fault: what is printed reproduces it.
    const [{ number }] = found.faults;
    const alone = await runTarget({
      ...{ module: planted, name, seed: 1, hangSeconds: 15 },
      ...{ first: number, last: number + 1 },
    });
    expect(alone.faults[0].fault).toMatch(kind);
  },
);

test("a case follows from the seed, the target and its number alone", () => {
  const target = { name: "any" };
  expect(planOf(target, 7, 123)).toEqual(planOf(target, 7, 123));
  expect(planOf(target, 8, 123)).not.toEqual(planOf(target, 7, 123));
  expect(planOf({ name: "other" }, 7, 123)).not.toEqual(planOf(target, 7, 123));
  const numbers = Array.from({ length: 1000 }, (_, i) => new Random(1, "a", i).below(2 ** 32));
  expect(new Set(numbers).size).toBe(1000);
});

test.each(names)("%s has no fault among a few hundred cases", async (name) => {
  const { faults, valid, read, refused } = await run(name, 200, 200, targetsModule);
  expect(faults).toEqual([]);
  for (const count of [valid, read, refused]) expect(count).toBeGreaterThan(10);
});
