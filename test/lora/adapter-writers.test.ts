// One folder, several writers one after the other: what is loaded is what was written last.
import { afterAll, expect, test } from "vitest";
import { readAdapterFolder, writeFolder } from "../../src/files/adapter-folder.js";
import { FormatError } from "../../src/formats/errors.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { adapterNames, loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { temporaryFolder } from "../helpers/cli.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const examples = ["abc", "xyz", "hello"].map((text, i) => ({ text, label: i % 2 }));
function trained(method: Lora | DeepLora) {
  const task = { kind: "classification", labels: ["no", "yes"] } as const;
  const options = { method, task, steps: 2, learningRate: 1e-2 };
  const run = new Finetuning(loadEncoder(tinyModel("bert")), examples, options);
  while (run.stepCount < 2) run.step();
  return run.adapter();
}
const load = () => loadAdapter(readAdapterFolder(folder.path), "bert", "adapter");

test("an adapter written into the folder of one of another method is the one that is loaded", () => {
  const [deep, plain] = [trained(new DeepLora({ rank: 4 })), trained(new Lora({ rank: 2 }))];
  for (const adapter of [deep, plain, deep, plain]) {
    writeFolder(folder.path, saveAdapter(adapter));
    const loaded = load();
    expect(loaded.method).toBe(adapter.method);
    expect(loaded.layers.map(({ factors }) => factors.length)).toEqual(
      adapter.layers.map(({ factors }) => factors.length),
    );
  }
});

test("weights that PEFT wrote beside Deep LoRA's own factors are not passed over in silence", () => {
  writeFolder(folder.path, saveAdapter(trained(new DeepLora({ rank: 4, seed: 1 }))));
  load();
  const other = saveAdapter(trained(new DeepLora({ rank: 4, seed: 2 }))).get(adapterNames.weights)!;
  writeFolder(folder.path, new Map([[adapterNames.weights, other]]));
  expect(load).toThrow(FormatError);
  expect(load).toThrow(
    "adapter/deep_lora.safetensors: it was written beside another adapter_model.safetensors: " +
      "remove it if that one is newer",
  );
});
