import { expect, test } from "vitest";
import type { Adapter } from "../../src/lora/adapter.js";
import { EarlyStopping } from "../../src/lora/early-stopping.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { tinyModel } from "../helpers/text-models.js";

const adapter = (name: string) => ({ method: name }) as unknown as Adapter;

/** Adds the values until it is time to stop: how many there were, and the best. */
function judged(values: number[], patience: number) {
  const stopping = new EarlyStopping({ patience });
  let count = 0;
  for (const value of values) {
    count += 1;
    if (stopping.add(value, () => adapter(`${count}`))) break;
  }
  return { count, best: stopping.best };
}

test("it stops after so many judgements without a better one, and keeps the best", () => {
  expect(judged([1, 3, 2, 2, 9], 2)).toEqual({
    count: 4,
    best: { value: 3, adapter: adapter("2") },
  });
  expect(judged([1, 3, 2, 2, 9], 3).best).toEqual({ value: 9, adapter: adapter("5") });
  expect(judged([5, 5, 5], 2)).toEqual({ count: 3, best: { value: 5, adapter: adapter("1") } });
});

test("NaN is worse than every number", () => {
  expect(judged([Number.NaN, -7, Number.NaN], 5).best).toEqual({
    value: -7,
    adapter: adapter("2"),
  });
  expect(judged([Number.NaN, Number.NaN], 1).count).toBe(2);
  expect(new EarlyStopping().best).toBeUndefined();
});

test("the adapter is taken when the value is the best, and only then", () => {
  const stopping = new EarlyStopping();
  let taken = 0;
  for (const value of [1, 0, 2]) {
    stopping.add(value, () => {
      taken += 1;
      return adapter("a");
    });
  }
  expect(taken).toBe(2);
});

test("what is not a judgement is refused by name", () => {
  const stopping = new EarlyStopping();
  expect(() => new EarlyStopping({ patience: 0 })).toThrow("EarlyStopping: patience is 0");
  expect(() => stopping.add("1" as never, () => adapter("a"))).toThrow(
    "EarlyStopping.add: value is",
  );
  expect(() => stopping.add(1, adapter("a") as never)).toThrow("EarlyStopping.add: adapter is");
});

test("a run is judged by the loss of other examples", () => {
  const examples = Array.from({ length: 6 }, (_, i) => ({
    text: i % 2 ? "abc" : "xyz",
    label: i % 2,
  }));
  const task = { kind: "classification", labels: ["odd", "even"] } as const;
  const run = new Finetuning(loadEncoder(tinyModel()), examples, {
    ...{ method: new Lora({ rank: 2 }), task, steps: 4, learningRate: 1e-2, batchSize: 4 },
  });
  const scores = run.predict(examples);
  const losses = examples.map(({ label }, i) => {
    const exps = Array.from(scores.row(i), Math.exp);
    return Math.log(exps[0] + exps[1]) - scores.get(i, label);
  });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  expect(Math.abs(run.lossOf(examples) - mean)).toBeLessThan(1e-6);
  const before = run.save();
  run.lossOf(examples);
  expect(run.save()).toEqual(before);
  expect(() => run.lossOf([])).toThrow("lossOf: there are no examples");
  expect(() => run.lossOf([{ text: "a", label: 2 }])).toThrow("lossOf: example 0 has the label 2");
});
