// The checks that the papers' claims stand on, on a synthetic task of ten classes: A4 - A9 and SubLoRA's
// orderings. Settings are those of the published prototype; tolerances leave room for other draws.
import { expect, test } from "vitest";
import { prototypeTask } from "../../lab/prototypes.mjs";
import { type CertifyOptions, certify, type Samples, verifyCertificate } from "../../src/bounds.js";
import * as core from "../../src/index.js";
import { FeedForward } from "../../src/networks/feed-forward.js";
import { below } from "../helpers/random.js";

const draw = prototypeTask(core, 1);
const training = draw(10_000, 1);
const fresh = draw(5000, 2);
const small = { sizes: [64, 48, 10], choices: 128, seed: 137, steps: 1000, tuningSteps: 300 };
const brief = { steps: 500, tuningSteps: 250, batchSize: 128 };
const wide = { ...small, ...brief, sizes: [64, 128, 128, 10], biases: false };

const remembered = new Map<string, ReturnType<typeof certify>>();
/** Trains once for all tests that look at the same setting. */
function certified(options: CertifyOptions) {
  const key = JSON.stringify(options);
  const known = remembered.get(key) ?? certify(training, options);
  remembered.set(key, known);
  return known;
}
const catoniOf = (options: CertifyOptions) => certified(options).bounds.catoni;

test("the bound on structured labels is far from vacuous (A4)", () => {
  const { bounds, error, vacuous } = certified({ ...small, dimension: 400 });
  expect(bounds.catoni).toBeLessThan(0.25);
  expect(error).toBeLessThan(0.05);
  expect(vacuous).toBe(false);
});

test("the bound on shuffled labels is vacuous, and says so (A5)", () => {
  for (const seed of [1, 2]) {
    const shuffled: Samples = { inputs: training.inputs, labels: below(10, 10_000, seed) };
    const report = certify(shuffled, { ...small, dimension: 100, levels: 9, seed });
    expect(report.bounds.catoni).toBeGreaterThanOrEqual(0.9);
    expect(report.bound).toBeGreaterThanOrEqual(0.9);
    expect(report.vacuous).toBe(true);
  }
});

test("the bound holds on fresh samples, for every seed (A6)", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const options = { ...small, dimension: 225, seed, steps: 400, tuningSteps: 100 };
    const { file, bounds } = certified(options);
    const { error } = verifyCertificate(file, fresh);
    for (const bound of Object.values(bounds)) expect(error).toBeLessThan(bound);
  }
});

test("the best subspace is neither the smallest nor the largest, and beats none by half (A7)", () => {
  const sizes = [225, 400, 625, 900, 1600];
  const bounds = sizes.map((dimension) => catoniOf({ ...small, dimension }));
  const best = bounds.indexOf(Math.min(...bounds));
  expect(best).toBeGreaterThan(0);
  expect(best).toBeLessThan(sizes.length - 1);
  const whole = catoniOf({ ...small, map: "identity", learningRate: 0.003 });
  expect(bounds[best]).toBeLessThanOrEqual(0.5 * whole);
});

test("training through the quantizer helps where rounding hurts (A8)", () => {
  const lora = { ...wide, update: "lora", rank: 4, map: "identity" } as const;
  // Of three levels: with five, little is left to mend here.
  const three = { ...lora, learningRate: 0.01, levels: 3, codebook: "uniform" } as const;
  const without = catoniOf({ ...three, tuningSteps: 0 });
  expect(catoniOf(three)).toBeLessThan(without - 0.1);
});

test("a start from a sibling task tightens the bound (A9)", () => {
  // Another draw of the same prototypes: what a larger public data set would be.
  const sibling = draw(4000, 3);
  const network = new FeedForward({ sizes: [64, 48, 10], dtype: "f32" });
  const start = network.start({ seed: 5 }) as Float32Array;
  const inputs = sibling.inputs.astype("f32");
  for (let step = 0; step < 300; step++) {
    const { gradient } = network.lossGradient(start, inputs, sibling.labels);
    for (let i = 0; i < start.length; i++) start[i] -= 0.5 * gradient[i];
  }
  const few = { ...small, dimension: 25, levels: 5 };
  const scratch = certify(training, few);
  const transfer = certify(training, { ...few, start });
  expect(transfer.bounds.catoni).toBeLessThan(scratch.bounds.catoni);
});

test("SubLoRA is tighter than LoRA, and LoRA than all weights; cores are tighter than LoRA", () => {
  const lora = { ...wide, update: "lora", rank: 4 } as const;
  const all = catoniOf({ ...wide, map: "identity", levels: 9, learningRate: 0.003 });
  const onlyLora = catoniOf({ ...lora, map: "identity", learningRate: 0.01 });
  const sub = catoniOf({ ...lora, dimension: 400, levels: 9 });
  expect(sub).toBeLessThan(onlyLora - 0.02);
  expect(onlyLora).toBeLessThan(all - 0.3);
  const cores = { ...wide, map: "cores", rank: 12, levels: 9 } as const;
  expect(catoniOf(cores)).toBeLessThan(onlyLora);
  // As products of three factors they are found with fewer bits, not more.
  const deep = certified({ ...cores, depth: 3 });
  expect(deep.bits).toBeLessThanOrEqual(1.05 * certified(cores).bits);
  expect(deep.bounds.catoni).toBeLessThan(onlyLora);
});
