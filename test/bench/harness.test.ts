import { expect, test } from "vitest";
import { start } from "../../bench/contenders/lowrank.mjs";
import { start as startKernels } from "../../bench/contenders/lowrank-kernels.mjs";
import { start as startPlain } from "../../bench/contenders/plain.mjs";
import { decaying, dense, symmetric, vector } from "../../bench/harness/matrices.mjs";
import { gigaflops, grid } from "../../bench/harness/tables.mjs";
import { verify } from "../../bench/harness/verify.mjs";
import { markdown } from "../../bench/report.mjs";
import { median, quantile, summary, timesTheRate } from "../../lab/statistics.mjs";

test("the median is the middle, or the mean of the middle two, in any order", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
  expect(() => median([])).toThrow(RangeError);
});

test("quartiles enclose the middle half", () => {
  expect(summary([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
  expect(quantile([1, 2], 0.25)).toBe(1.25);
});

test("rates are compared round by round, so that a slow spell of the machine cancels", () => {
  const timed = (times: number[], operations = 1) => ({
    operations,
    times,
    seconds: summary(times),
  });
  // Twice as fast in each round, while the machine became four times slower.
  const slow = [4, 4, 1, 1, 1];
  const [one, other] = [timed([2, 1, 0.5, 0.5, 2]), timed([4, 2, 1, 1, 4])];
  expect(timesTheRate(one, other)).toBe(2);
  expect(timesTheRate(timed(slow), timed(slow.map((time) => time / 3)))).toBeCloseTo(1 / 3);
  expect(timesTheRate(timed([1, 1, 1], 6), timed([1], 2))).toBe(3);
  // The other ran in the first round only, when the machine was fast.
  expect(timesTheRate(timed([1, 4, 4]), timed([2]))).toBe(2);
  expect(timesTheRate(undefined, other)).toBeNaN();
});

test("a table has a row a contender and form, a column a work, and names who failed", () => {
  const seconds = { median: 1e-6, low: 0.9e-6, high: 1.1e-6 };
  const table = grid(
    "f32",
    [
      { work: "a", contender: "ours", form: "typed arrays", seconds, operations: 2000 },
      { work: "b", contender: "ours", form: "typed arrays", seconds, operations: 4000 },
      { work: "b", contender: "theirs", form: "arrays", failure: "wrong" },
      { work: "elsewhere", contender: "theirs", form: "arrays", seconds, operations: 1 },
    ],
    [
      { name: "a", label: "4" },
      { name: "b", label: "8" },
    ],
    gigaflops,
  );
  expect(markdown({ ...table, machine: "a machine" })).toBe(
    [
      "### f32",
      "",
      "|  | 4 | 8 |",
      "| --- | --- | --- |",
      "| ours: typed arrays | 2.00 ± 0.20 | 4.00 ± 0.40 |",
      "",
      "Not measured: theirs: wrong (b).",
      "Measured on: a machine.",
      "",
    ].join("\n"),
  );
});

const { matrix, bestResidual } = decaying(40, 30, "f64", 1);
const parameters = { rank: 5, oversampling: 5, powerIterations: 2, bestResidual: bestResidual(5) };
const x = { x: vector(33, "f64", 1), g: vector(33, "f64", 2) };
const works = [
  { operation: "matmul", inputs: () => ({ A: dense(7, 5, "f64", 1), B: dense(5, 9, "f64", 2) }) },
  { operation: "qr", inputs: () => ({ A: dense(12, 7, "f64", 1) }) },
  { operation: "svd", inputs: () => ({ A: dense(12, 7, "f64", 1) }) },
  { operation: "eigh", inputs: () => ({ A: symmetric(9, "f64", 1) }) },
  { operation: "randomizedSvd", parameters, inputs: () => ({ A: matrix }) },
  ...["gd", "momentum", "adam"].map((operation) => ({
    operation,
    parameters: { rate: 1e-6 },
    inputs: () => structuredClone(x),
  })),
];

test.each(works)(
  "each form of our $operation passes the check that peers must pass",
  async (work) => {
    const contenders = [await start({}), await startKernels({}), await startPlain()];
    let forms = 0;
    for (const { operations } of contenders as Array<{ operations: Record<string, Operation> }>) {
      const offered = operations[work.operation]?.({
        ...work,
        dtype: "f64",
        inputs: work.inputs(),
      });
      for (const make of Object.values(offered ?? {})) {
        const task = make();
        const result = task.run();
        verify({ ...work, dtype: "f64" }, work.inputs(), task.read ? task.read() : result);
        forms++;
      }
    }
    expect(forms).toBeGreaterThan(0);
  },
);

type Operation = (work: object) => Record<string, () => Task>;
interface Task {
  run(): unknown;
  read?(): unknown;
}

test("one wrong entry of a result is found", () => {
  const inputs = works[0].inputs() as unknown as { A: Dense; B: Dense };
  const { A, B } = inputs;
  const C = Float64Array.from({ length: 63 }, (_, at) => {
    let sum = 0;
    for (let p = 0; p < 5; p++) {
      sum += A.data[Math.floor(at / 9) * 5 + p] * B.data[p * 9 + (at % 9)];
    }
    return sum;
  });
  const work = { operation: "matmul", dtype: "f64" };
  verify(work, inputs, C);
  C[62] += 1e-6;
  expect(() => verify(work, inputs, C)).toThrow("C x = A (B x) fails");
  C[62] = Number.NaN;
  expect(() => verify(work, inputs, C)).toThrow("C x = A (B x) fails");
});

interface Dense {
  data: Float64Array;
}
