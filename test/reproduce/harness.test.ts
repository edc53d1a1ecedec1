import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import {
  compress,
  deepFactorization,
  factorization,
  gd,
  norm,
  rank,
  svd,
} from "../../dist/index.js";
import { csv } from "../../reproduce/harness/csv.mjs";
import { figure } from "../../reproduce/harness/figure.mjs";
import { Interrupted, Lab } from "../../reproduce/harness/lab.mjs";
import {
  drawMask,
  gaussianTarget,
  observe,
  unseenLoss,
} from "../../reproduce/harness/problems.mjs";
import { finding } from "../../reproduce/harness/report.mjs";
import { Store } from "../../reproduce/harness/store.mjs";
import { trace } from "../../reproduce/harness/trace.mjs";

const folder = mkdtempSync(join(tmpdir(), "lowrank-reproduce-"));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newStore = () => new Store(join(folder, `store-${stores++}`));
const progress = { update() {}, stop() {} };

function lab(store: Store, deadline = Number.POSITIVE_INFINITY, commit = "a") {
  return new Lab({ store, seed: 0, quick: true, commit, progress, deadline });
}

/** A small run whose rows hold the entries of the product. */
function run(store: Store, deadline?: number) {
  const problem = factorization(gaussianTarget(12, 2, 1).target);
  const wide = deepFactorization({ shape: { rows: 12, cols: 12 }, scale: 0.3, seed: 2 });
  return trace(lab(store, deadline), "part", {
    model: compress(wide, problem, { rank: 2 }),
    problem,
    steps: 200,
    every: 7,
    optimizer: gd({ learningRate: 0.01 } as object),
    outerLearningRateRatio: 0.1,
    measure: (model: { product(): { data: Float64Array } }) => ({ product: model.product().data }),
  });
}

/** Everything but the times. */
const bits = ({ rows, steps, factors }: ReturnType<typeof run>) => ({
  rows: rows.map(({ seconds: _, ...row }: { seconds: number }) => row),
  steps,
  factors,
});

test("a run that is interrupted again and again ends with the bits of one that is not", () => {
  const store = newStore();
  // A clock that only looking at it moves: how fast the machine is has no part in this.
  let time = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => time++);
  onTestFinished(() => clock.mockRestore());
  let interruptions = 0;
  for (;;) {
    try {
      // The time is over a few looks after the start, so each call adds a few steps.
      const resumed = run(store, performance.now() + 12);
      expect(bits(resumed)).toEqual(bits(run(newStore())));
      break;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      interruptions++;
    }
  }
  expect(interruptions).toBeGreaterThan(2);
});

test("a part that is done is not done again, and the commits of all parts are told", () => {
  const store = newStore();
  let calls = 0;
  const work = () => ++calls;
  expect(lab(store, undefined, "first").part("one", work)).toBe(1);
  const later = lab(store, undefined, "second");
  expect(later.part("one", work)).toBe(1);
  expect(later.part("two", work)).toBe(2);
  expect(later.commits).toEqual(["first", "second"]);
});

test("nothing starts when the time is over", () => {
  expect(() => lab(newStore(), performance.now() - 1).part("one", () => 1)).toThrow(Interrupted);
});

test("files of data and figures say their command, seed and commit", () => {
  const provenance = ["command: npm run reproduce -- x --quick", "seed: 3", "commit: abc"];
  const text = csv([{ step: 0, loss: 0.1 }], provenance);
  expect(text).toBe(`${provenance.map((line) => `# ${line}\n`).join("")}step,loss\n0,0.1\n`);
  const drawn = figure(
    {
      title: "a < b",
      x: { label: "step" },
      y: { label: "loss", log: true },
      // A logarithm has no 0: that point is left out.
      series: [
        {
          name: "ours",
          points: [
            [0, 1],
            [1, 0.1],
            [2, 0],
          ],
        },
      ],
      references: [{ y: 0.5, label: "theirs" }],
    },
    provenance,
  );
  for (const line of provenance) expect(drawn).toContain(line);
  expect(drawn).toContain("theirs");
  expect(drawn).toContain("a &lt; b");
  expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
});

test("a verdict is what was asked and whether it holds, and nothing where nothing was asked", () => {
  expect(finding({ quantity: "q", ours: "1", holds: false, asked: "2" }).verdict).toBe(
    "does not hold (2)",
  );
  expect(finding({ quantity: "q", ours: "1", holds: true }).verdict).toBe("holds");
  expect(finding({ quantity: "q", ours: "1" }).verdict).toBe("told");
});

test("targets have the rank and the singular values that they tell", () => {
  for (const spectrum of ["top", "spread"] as const) {
    const { target, singularValues } = gaussianTarget(20, 3, 5, spectrum);
    expect(rank(target, { tolerance: 1e-10 })).toBe(3);
    const { S } = svd(target);
    singularValues.forEach((s: number, i: number) => {
      expect(Math.abs(S[i] - s)).toBeLessThan(1e-12 * S[0]);
    });
  }
});

test("a mask has the asked number of different positions, in order", () => {
  const positions = Array.from(drawMask(15, 0.3, 4));
  expect(positions.length).toBe(Math.floor(0.3 * 225));
  expect(new Set(positions).size).toBe(positions.length);
  expect(positions).toEqual([...positions].sort((p, q) => p - q));
  expect(positions.at(-1)).toBeLessThan(225);
});

test("observed and unseen losses add up to that of all entries", () => {
  const { target } = gaussianTarget(15, 3, 6);
  const positions = drawMask(15, 0.4, 7);
  const { rowIndices, colIndices, values } = observe(target, positions);
  const X = gaussianTarget(15, 3, 8).target;
  let observed = 0;
  values.forEach((value, i) => {
    observed += (X.get(rowIndices[i], colIndices[i]) - value) ** 2 / 2;
  });
  for (let p = 0; p < 225; p++) X.data[p] -= target.data[p];
  const all = norm(X) ** 2 / 2;
  const difference = X.copy();
  for (let p = 0; p < 225; p++) difference.data[p] += target.data[p];
  const unseen = unseenLoss(difference, target, positions);
  expect(Math.abs(observed + unseen - all) / all).toBeLessThan(1e-12);
});

test.each([300, 1000])("the wide fixture of %s falls below the goal, step by step", (d) => {
  const file = new URL(`../../reproduce/fixtures/wide-${d}.json`, import.meta.url);
  const { setting, curve } = JSON.parse(readFileSync(file, "utf8"));
  expect(setting.d).toBe(d);
  for (let i = 1; i < curve.length; i++) expect(curve[i][0]).toBeGreaterThan(curve[i - 1][0]);
  expect(curve.at(-1)[1]).toBeLessThan(1e-9);
});
