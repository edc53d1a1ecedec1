// Adapters that do not fit, as a user meets them: one line that names the adapter, exit code 2.
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32 } from "../../src/formats/stored-tensor.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { encoderFixtures } from "../helpers/encoders.js";
import { jsonBytes, tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
afterAll(folder.remove);
const { at } = folder;

const files = tinyModel();
mkdirSync(at("model"));
writeFileSync(at("model", "config.json"), files.config);
writeFileSync(at("model", "tokenizer.json"), files.tokenizer!);
writeFileSync(at("model", "model.safetensors"), files.weights.get("model.safetensors")!);
writeFileSync(at("texts.csv"), "text\nabc\nxyz\n");

const query = "base_model.model.bert.encoder.layer.0.attention.self.query";
/** An adapter of one layer that is so wide. */
function writeAdapter(name: string, width: number, config: object = {}, weights?: string): void {
  const factor = (shape: number[]) => fromFloat32(shape, new Float32Array(2 * width).fill(0.1));
  mkdirSync(at(name));
  const json = { peft_type: "LORA", r: 2, target_modules: ["layer.0.attention.self.query"] };
  writeFileSync(at(name, "adapter_config.json"), jsonBytes({ ...json, ...config }));
  const tensors = encodeSafetensors([
    [`${query}.lora_A.weight`, factor([2, width])],
    [`${query}.lora_B.weight`, factor([width, 2])],
  ]);
  writeFileSync(at(name, weights ?? "adapter_model.safetensors"), tensors);
}
const run = (command: string, adapter: string) => [
  ...[command, at("texts.csv"), "--model", at("model"), "--adapter", at(adapter)],
  ...["--text-columns", "text", ...(command === "embed" ? ["--out", at("out.npy")] : [])],
];

writeAdapter("wide", 32);
writeAdapter("pissa", 24, { init_lora_weights: "pissa" });
writeAdapter("old", 24, {}, "adapter_model.bin");
writeAdapter("slow", 24, { rank_pattern: { [`${"(a+)+".repeat(9)}\\1`]: 2 } });
mkdirSync(at("empty"));
writeAdapter("fits", 24);

test.each([
  ["wide", "it does not fit the model"],
  ["pissa", "init_lora_weights"],
  ["old", "save_pretrained"],
  ["slow", "rank_pattern"],
  ["empty", "adapter_config.json: it is missing"],
  ["model", "a whole model"],
])("classify and embed refuse an adapter in one line that names it: %s", (adapter, reason) => {
  for (const command of ["classify", "embed"]) {
    expectRefusal(lowrank(run(command, adapter)), `lowrank ${command}: ${at(adapter)}`, reason);
  }
});

test("classify judges by the model's own head where the adapter has none", () => {
  const { labels, predictions } = lowrankJson(run("classify", "fits"));
  const { config } = encoderFixtures.find(({ family }) => family === "bert")!;
  expect(labels).toEqual(Object.values(config.id2label as object));
  expect(predictions).toHaveLength(2);
  expect(predictions[0].scores).toHaveLength(3);
});
