// classify and embed on models of every kind: several labels, sentence-transformers, other tasks.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy } from "../../src/formats/npy.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, toFloat32 } from "../../src/formats/stored-tensor.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
const { at } = folder;
interface Case {
  name: string;
  files: Record<string, unknown>;
  vectors: number[][];
}
const fixture: { texts: string[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/sentence-models.json", import.meta.url), "utf8"),
);
// Empty texts have a remark of their own.
const filled = fixture.texts.flatMap((text, i) => (text === "" ? [] : [i]));
const texts = filled.map((i) => fixture.texts[i]);
const caseOf = (name: string) => {
  const { files, vectors } = fixture.cases.find((one) => one.name === name)!;
  return { files, vectors: filled.map((i) => vectors[i]) };
};
const furthest = (file: string, vectors: number[][]) => {
  const found = decodeNpy(readFileSync(file)).data;
  return Math.max(...vectors.flat().map((x, i) => Math.abs(x - found[i])));
};
const config = JSON.parse(Buffer.from(tinyModel().config).toString());

/** A folder of the tiny model with other files in it; undefined takes one away. */
function model(name: string, files: Record<string, unknown> = {}, inner = ""): string {
  const { config, tokenizer, weights } = tinyModel();
  const all: Record<string, unknown> = {
    [`${inner}config.json`]: config,
    [`${inner}tokenizer.json`]: tokenizer,
    [`${inner}model.safetensors`]: weights.get("model.safetensors"),
    ...files,
  };
  for (const [file, value] of Object.entries(all)) {
    if (value === undefined) continue;
    mkdirSync(dirname(at(name, file)), { recursive: true });
    const bytes = typeof value === "string" ? Buffer.from(value, "base64") : value;
    writeFileSync(at(name, file), bytes instanceof Uint8Array ? bytes : JSON.stringify(bytes));
  }
  return at(name);
}
const text = ["--text-columns", "text"];

beforeAll(() => {
  const csv = (rows: string[]) => `text,label\n${rows.join("\n")}\n`;
  const rows = [
    "abc abd,late",
    "xyz,cold|rude",
    "abc xyz,late|cold|rude",
    "mno,",
    "xyz z, rude | cold",
  ];
  writeFileSync(at("several.csv"), csv(rows));
  writeFileSync(at("texts.csv"), `text\n${texts.map((one) => `"${one}"`).join("\n")}\n`);
});
afterAll(folder.remove);

test("several labels a text are learned, judged and printed", () => {
  const args = ["--model", model("plain"), "--train", at("several.csv"), ...text];
  const more = ["--label-column", "label", "--task", "multi-label", "--eval", at("several.csv")];
  const rates = ["--steps", "80", "--learning-rate", "1e-2", "--head-learning-rate", "2e-2"];
  const run = ["finetune", ...args, ...more, ...rates, "--out", at("labels")];
  const result = lowrankJson(run);
  expect([result.metric, result.value]).toEqual(["f1", 1]);
  const judge = ["classify", at("several.csv"), "--model", at("plain"), "--adapter", at("labels")];
  const { task, labels, predictions } = lowrankJson([...judge, ...text]);
  expect([task, labels]).toEqual(["multi-label", ["cold", "late", "rude"]]);
  expect(predictions.map((one: { prediction: string[] }) => one.prediction)).toEqual([
    ["late"],
    ["cold", "rude"],
    ["cold", "late", "rude"],
    [],
    ["cold", "rude"],
  ]);
  for (const { scores } of predictions) {
    for (const score of scores) expect(score > 0 && score < 1).toBe(true);
  }
  const printed = (...options: string[]) => lowrank([...judge, ...text, ...options]).stdout;
  expect(printed()).toBe("late\ncold|rude\ncold|late|rude\n\ncold|rude\n");
  expect(printed("--label-separator", ", ")).toBe(
    "late\ncold, rude\ncold, late, rude\n\ncold, rude\n",
  );
  expectRefusal(
    lowrank([...judge, ...text, "--label-separator", "a"]),
    "lowrank classify: ",
    '--label-separator is "a", which the label "late" holds',
  );
  expect(lowrankJson([...run, "--metric", "accuracy"]).value).toBe(1);
  expectRefusal(lowrank([...run, "--metric", "pearson"]), "lowrank finetune: ", "f1, accuracy");
});

test("labels that are made of others are not taken for classes of their own", () => {
  writeFileSync(at("joined.csv"), "text,label\nabc,late\nxyz,cold\nmno,late|cold\n");
  const args = ["--model", model("plain"), "--train", at("joined.csv"), ...text];
  const run = ["finetune", ...args, "--label-column", "label", "--steps", "1"];
  expectRefusal(
    lowrank(run),
    "lowrank finetune: ",
    'line 4: the label "late|cold" is made of other labels: --task multi-label takes it as several',
  );
  expect(lowrankJson([...run, "--task", "multi-label"]).steps).toBe(1);
  expect(lowrank([...run, "--task", "classification"]).stdout).toContain("3 classes");
  writeFileSync(at("twice.csv"), "text,label\nabc,late\nxyz,cold|cold\n");
  const twice = run.map((one) => (one === at("joined.csv") ? at("twice.csv") : one));
  expectRefusal(
    lowrank([...twice, "--task", "multi-label"]),
    "lowrank finetune: ",
    'line 3: the labels "cold|cold" hold one twice, or an empty one',
  );
});

test.each(["cls", "Dense with Tanh", "a default prompt", "max_seq_length", "truncate_dim"])(
  "embed writes what sentence-transformers gives: %s",
  (name) => {
    const { files, vectors } = caseOf(name);
    const dir = model(`st-${name}`.replaceAll(" ", "-"), files);
    const out = at("e.npy");
    const args = ["embed", at("texts.csv"), "--model", dir, ...text, "--out", out];
    expect(lowrankJson(args)).toMatchObject({ texts: texts.length, width: vectors[0].length });
    expect(furthest(out, vectors)).toBeLessThan(1e-5);
  },
);

test("embed takes the prompts of the model by name, and an encoder in a folder of its own", () => {
  const { files, vectors } = caseOf("a prompt by name");
  const modules = (files["modules.json"] as object[]).map((one, i) =>
    i === 0 ? { ...one, path: "0_Transformer" } : one,
  );
  const moved = Object.fromEntries(
    Object.entries(files).map(([file, value]) =>
      /^(sentence|tokenizer)/.test(file) ? [`0_Transformer/${file}`, value] : [file, value],
    ),
  );
  const dir = model("moved", { ...moved, "modules.json": modules }, "0_Transformer/");
  const args = ["embed", at("texts.csv"), "--model", dir, ...text, "--out", at("p.npy")];
  expect(lowrank([...args, "--prompt-name", "long"]).status).toBe(0);
  expect(furthest(at("p.npy"), vectors)).toBeLessThan(1e-5);
  expectRefusal(
    lowrank([...args, "--prompt-name", "title"]),
    "lowrank embed: ",
    'promptName is "title": it must be one of "query", "document", "long"',
  );
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "another task",
    { architectures: ["BertForTokenClassification"] },
    "config.json: architectures is",
  ],
  ["a missing label", { id2label: { 0: "a", 1: "b" } }, "config.json: id2label names 2 classes"],
  ["an unknown problem", { problem_type: "ranking" }, "config.json: problem_type is the string"],
  ["quantized weights", { quantization_config: { bits: 4 } }, "quantization_config is Object"],
  ["pruned heads", { pruned_heads: { 0: [1] } }, "config.json: pruned_heads is Object"],
  ["a decoder", { is_decoder: true }, "config.json: is_decoder is true"],
  ["another activation", { hidden_act: "gelu_new" }, 'config.json: hidden_act is "gelu_new"'],
  ["no segments", { type_vocab_size: 0 }, "config.json: type_vocab_size is 0"],
  ["nonsense", { model_type: { toString: 1 } }, "config.json: model_type is Object"],
])("classify refuses a model of %s in one line", (name, changes, reason) => {
  const dir = model(`c-${name}`.replaceAll(" ", "-"), { "config.json": { ...config, ...changes } });
  const outcome = lowrank(["classify", at("texts.csv"), "--model", dir, ...text]);
  expectRefusal(outcome, "lowrank classify: ", reason);
});

test("embed refuses a module by its name, and classify does not need it", () => {
  const modules = [
    { path: "", type: "sentence_transformers.models.Transformer" },
    { path: "1_LSTM", type: "sentence_transformers.models.LSTM" },
  ];
  const dir = model("lstm", { ...caseOf("cls").files, "modules.json": modules });
  const embed = ["embed", at("texts.csv"), "--model", dir, ...text, "--out", at("l.npy")];
  expectRefusal(lowrank(embed), "lowrank embed: ", 'modules.json: it holds the module "LSTM"');
  expect(lowrank(["classify", at("texts.csv"), "--model", dir, ...text]).status).toBe(0);
  const words = [{ path: "0_W", type: "sentence_transformers.models.WordEmbeddings" }];
  mkdirSync(at("words"));
  writeFileSync(at("words", "modules.json"), JSON.stringify(words));
  const first = lowrank([
    "embed",
    at("texts.csv"),
    "--model",
    at("words"),
    ...text,
    "--out",
    at("w"),
  ]);
  expectRefusal(first, "lowrank embed: ", 'its first module is "WordEmbeddings"');
});

test("numbers that are none end in one line with the text's line, and nothing is written", () => {
  cpSync(model("plain"), at("huge"), { recursive: true });
  const { tensors } = decodeSafetensors(readFileSync(at("huge", "model.safetensors")));
  for (const [name, tensor] of tensors) {
    if (!/layer\.1.*(query|key|value|LayerNorm)\.weight$/.test(name)) continue;
    const data = toFloat32(tensor, name, "test").map((x) => 1e38 * x);
    tensors.set(name, fromFloat32(tensor.shape, data));
  }
  writeFileSync(at("huge", "model.safetensors"), encodeSafetensors(tensors));
  const args = (command: string) => [command, at("texts.csv"), "--model", at("huge"), ...text];
  const reason = /texts\.csv line 2: its (row of scores|vector) holds (NaN|-?Infinity)/;
  for (const outcome of [
    lowrank(args("classify")),
    lowrank([...args("classify"), "--json"]),
    lowrank([...args("embed"), "--out", at("huge.npy")]),
  ]) {
    expect(outcome.stderr).toMatch(reason);
    expectRefusal(outcome, "lowrank ", "sums overflow");
  }
  expect(folder.names()).not.toContain("huge.npy");
});

test("a head that begins at random is told, with what it stands in for", () => {
  const architectures = ["BertForTokenClassification"];
  const { tensors } = decodeSafetensors([...tinyModel().weights.values()][0]);
  for (const name of tensors.keys()) if (/pooler/.test(name)) tensors.delete(name);
  const dir = model("tokens", {
    "config.json": { ...config, architectures },
    "model.safetensors": encodeSafetensors(tensors),
  });
  writeFileSync(at("two.csv"), "text,label\nabc,a\nabd,a\nxyz,b\nxyy,b\n");
  const args = ["--model", dir, "--train", at("two.csv"), ...text, "--label-column", "label"];
  const { status, stderr } = lowrank(["finetune", ...args, "--steps", "1"]);
  expect([status, stderr]).toEqual([
    0,
    "lowrank finetune: a new head begins at random: pooler.dense, classifier; " +
      "that of BertForTokenClassification is not used\n",
  ]);
});
