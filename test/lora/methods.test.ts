// What every method of the table must do; a new one needs no test of its own for it.
import { describe, expect, test } from "vitest";
import { Finetuning } from "../../src/lora/finetune.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { mergeAdapter } from "../../src/lora/merge.js";
import { methodNames, methods } from "../../src/lora/methods.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { useAdapter, useOwnHead } from "../../src/lora/use-adapter.js";
import { tinyModel } from "../helpers/text-models.js";

const examples = ["abc", "xyz wx", "hello", "no"].map((text, i) => ({ text, label: i % 2 }));
const task = { kind: "classification", labels: ["no", "yes"] } as const;

describe.each(methodNames)("%s", (name) => {
  const { make, trainsModel, factorsFile } = methods[name];
  function trained(steps: number, options: Partial<FinetuneOptions> = {}) {
    const method = make({ rank: 4, seed: 1 });
    const model = loadEncoder(tinyModel());
    const run = new Finetuning(model, examples, { method, task, steps: 4, ...options });
    while (run.stepCount < steps) run.step();
    return { model, run };
  }

  test("is made from the command's options, under its name", () => {
    const { run } = trained(1);
    expect(run.options.method.name).toBe(name);
    expect(run.adapter().method).toBe(name);
    expect(() => make({ rank: 4, seed: 1, targets: ["query"] })).not.toThrow();
  });

  test("goes on from a saved run to the same bits", () => {
    const resumed = trained(4, { resume: trained(2).run.save() });
    expect(resumed.run.save()).toEqual(trained(4).run.save());
  });

  test("leaves what judges as the run does: an adapter's files, or a model", () => {
    const { model, run } = trained(4);
    const expected = [...run.predict(examples).data];
    const adapter = run.adapter();
    const near = (found: ArrayLike<number>) => {
      expect(found).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 5);
      });
    };
    const weights = mergeAdapter(model, adapter);
    const merged = loadEncoder({
      ...tinyModel(),
      config: weights.get("config.json")!,
      weights: new Map([["model.safetensors", weights.get("model.safetensors")!]]),
    });
    near(useOwnHead(merged).predict(examples).data);
    if (trainsModel) {
      expect(() => saveAdapter(adapter)).toThrow(`saveAdapter: the method ${name} trained`);
      expect(() => useAdapter(model, adapter)).toThrow(`useAdapter: the method ${name} trained`);
      return;
    }
    const files = saveAdapter(adapter);
    near(useAdapter(model, loadAdapter(files, "bert")).predict(examples).data);
    expect(factorsFile === undefined || files.has(factorsFile)).toBe(true);
    // The folder may hold what another method has written before.
    const leftOver = saveAdapter(adapterOf("deep-lora"));
    near(
      useAdapter(model, loadAdapter(new Map([...leftOver, ...files]), "bert")).predict(examples)
        .data,
    );
  });
});

function adapterOf(name: "deep-lora") {
  const method = methods[name].make({ rank: 2, seed: 0 });
  return new Finetuning(loadEncoder(tinyModel()), examples, { method, task, steps: 1 }).adapter();
}
