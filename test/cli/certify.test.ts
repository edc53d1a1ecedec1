// finetune --certify and certify, as processes.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certify } from "../../src/bounds.js";
import { Matrix } from "../../src/index.js";
import { loadEncoder, saveAdapter, verifyAdapter } from "../../src/lora.js";
import { expectRefusal, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
const { at } = folder;
const rows = Array.from({ length: 900 }, (_, i) => (i % 3 ? ["abc abd", "yes"] : ["xyz", "no"]));
const columns = ["--text-columns", "text", "--label-column", "label"];
const data = () => ["--model", at("model"), "--train", at("train.csv"), ...columns];
const quick = "--steps 40 --learning-rate 0.1 --rank 4 --dimension 100".split(" ");
const check = (file: string) => ["certify", file, "--model", at("model"), ...columns, "--data"];

// biome-ignore lint/suspicious/noExplicitAny: what the command prints
let made: any;
beforeAll(() => {
  const { config, tokenizer, weights } = tinyModel();
  mkdirSync(at("model"));
  writeFileSync(at("model", "config.json"), config);
  writeFileSync(at("model", "tokenizer.json"), tokenizer!);
  writeFileSync(at("model", "model.safetensors"), weights.get("model.safetensors")!);
  const table = (labels: readonly string[][]) =>
    ["text,label", ...labels.map((row) => row.join(","))].join("\n");
  writeFileSync(at("train.csv"), table(rows));
  writeFileSync(at("few.csv"), table(rows.slice(0, 12)));
  writeFileSync(at("shuffled.csv"), table(rows.map(([text], i) => [text, i % 2 ? "yes" : "no"])));
  writeFileSync(at("strange.csv"), table([["abc", "maybe"]]));
  const args = ["finetune", ...data(), ...quick, "--certify", "--eval", at("train.csv")];
  made = lowrankJson([...args, "--out", at("out")]);
});
afterAll(folder.remove);

test("the certificate, the adapter beside it and what is printed are one", () => {
  expect(made).toMatchObject({ method: "lora", metric: "accuracy", value: 1, error: 0 });
  expect(made).toMatchObject({ samples: 900, vacuous: false, useful: true, measure: "error rate" });
  const file = readFileSync(at("out", "adapter.certificate"));
  const model = loadEncoder(tinyModel());
  const examples = rows.map(([text, label]) => ({ text, label: Number(label === "yes") }));
  const { adapter, checksum } = verifyAdapter(file, model, examples);
  expect(checksum).toBe(made.checksum);
  for (const [name, bytes] of saveAdapter(adapter)) {
    expect(new Uint8Array(readFileSync(at("out", name)))).toEqual(bytes);
  }
  const checked = lowrankJson([...check(at("out", "adapter.certificate")), at("train.csv")]);
  const { method, metric, value, ...said } = made;
  expect(checked).toEqual({ ...said, beside: "same" });
});

test("it says what the bound is worth", () => {
  const file = at("out", "adapter.certificate");
  const good = lowrank([...check(file), at("train.csv"), "--out", at("rebuilt")]);
  expect(good).toMatchObject({ status: 0, stderr: "" });
  expect(good.stdout).toContain("error rate 0 % on 900 texts");
  expect(good.stdout).toContain("the bound beats always answering the commonest class");
  expect(good.stdout).toContain("the adapter beside it is the one that it decodes to");
  const weights = "adapter_model.safetensors";
  expect(readFileSync(at("rebuilt", weights))).toEqual(readFileSync(at("out", weights)));
  // On other labels the same file proves nothing, whatever was printed when it was made.
  const bad = lowrank([...check(file), at("shuffled.csv")]);
  expect(bad.stdout).toContain("the bound is vacuous: guessing at random is as good");
  const small = lowrank([...check(file), at("few.csv")]);
  expect(small.stdout).toMatch(/the bound (is vacuous|does not beat always answering)/);
  const some = lowrank([...check(file), at("train.csv"), "--evaluated", "30", "--seed", "5"]);
  expect(some.stdout).toContain("error rate 0 % on 30 of 900 texts");
});

test("an adapter that is not the certificate's is told", () => {
  lowrankJson(["finetune", ...data(), ...quick.slice(0, 6), "--out", at("other")]);
  copyFileSync(at("out", "adapter.certificate"), at("other", "adapter.certificate"));
  const args = [...check(at("other", "adapter.certificate")), at("train.csv")];
  expect(lowrankJson(args).beside).toBe("different");
});

test("what cannot be certified is refused before any work", () => {
  const certified = ["finetune", ...data(), "--certify", "--out", at("never")];
  const refuse = (args: readonly string[], reason: string) =>
    expectRefusal(lowrank(args), "lowrank finetune: ", reason);
  refuse(["finetune", ...data(), "--certify"], "--certify needs --out");
  refuse(["finetune", ...data(), "--levels", "3"], "--levels is for --certify");
  refuse([...certified, "--state", at("state")], "--state cannot be given with --certify");
  refuse([...certified, "--label-smoothing", "0.1"], "--label-smoothing cannot be given with");
  refuse([...certified, "--threads", "2"], "--threads cannot be given with --certify");
  refuse([...certified, "--relaxed"], "--relaxed");
  refuse([...certified, "--method", "full"], "--method full leaves no adapter");
  refuse([...certified, "--task", "regression"], "is not a number");
  refuse([...certified, "--dimension", "1000000"], "dimension is 1000000: only");
});

test("a certificate that is damaged, of a network or of another model is refused", () => {
  const file = readFileSync(at("out", "adapter.certificate"));
  file[40] ^= 4;
  writeFileSync(at("damaged"), file);
  const refuse = (path: string, texts: string, reason: string) =>
    expectRefusal(lowrank([...check(path), at(texts)]), "lowrank certify: ", reason);
  refuse(at("damaged"), "train.csv", "it is damaged: its checksum does not fit");
  refuse(at("train.csv"), "train.csv", "it does not begin with LRCERTAD");
  refuse(at("out", "adapter.certificate"), "strange.csv", 'the label "maybe" is unknown');
  const inputs = Matrix.randomNormal(9, 2, { seed: 1 });
  const labels = Array.from({ length: 9 }, (_, i) => i % 2);
  writeFileSync(at("network"), certify({ inputs, labels }, { sizes: [2, 2], steps: 1 }).file);
  refuse(at("network"), "train.csv", "verifyCertificate of lowrank/bounds checks it");
});
