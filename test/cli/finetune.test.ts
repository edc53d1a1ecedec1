import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeNpy } from "../../src/formats/npy.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { expectRefusal, killAfter, lowrank, lowrankJson, temporaryFolder } from "../helpers/cli.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
const { at } = folder;
const rows = Array.from({ length: 40 }, (_, i) => (i % 2 ? ["abc abd", "yes"] : ["xyz wxy", "no"]));

beforeAll(() => {
  const { config, tokenizer, weights } = tinyModel();
  mkdirSync(at("model"));
  writeFileSync(at("model", "config.json"), config);
  writeFileSync(at("model", "tokenizer.json"), tokenizer!);
  writeFileSync(at("model", "model.safetensors"), weights.get("model.safetensors")!);
  const csv = ["text,label", ...rows.map((row) => row.join(","))].join("\n");
  writeFileSync(at("train.csv"), csv);
  writeFileSync(at("eval.jsonl"), '{"text":"abd","label":"yes"}\n{"text":"wxy","label":"no"}\n');
  writeFileSync(at("strange.jsonl"), '{"text":"abd","label":"maybe"}\n');
  writeFileSync(
    at("numbers.tsv"),
    rows.map(([text], i) => `${text}\t${i % 2 ? 2.5 : 1}`).join("\n"),
  );
});
afterAll(folder.remove);

const data = () => ["--model", at("model"), "--train", at("train.csv")];
const columns = ["--text-columns", "text", "--label-column", "label"];
const quick = [
  "--steps",
  "60",
  "--learning-rate",
  "1e-2",
  "--final-rate-share",
  "0.1",
  "--head-learning-rate",
  "0.02",
  "--rank",
  "4",
];
const keys =
  "method,learningRate,trainableParameters,steps,trainLoss,metric,value,secondsPerStep,peakMemoryBytes".split(
    ",",
  );

test.each(["deep-lora", "lora", "full", "head"])(
  "finetune learns a task by %s, and classify knows it",
  (method) => {
    const out = at(`out-${method}`);
    const args = [...data(), "--eval", at("eval.jsonl"), ...columns, ...quick];
    const result = lowrankJson(["finetune", ...args, "--method", method, "--out", out]);
    expect(Object.keys(result)).toEqual(keys);
    expect(result).toMatchObject({ method, steps: 60, metric: "accuracy", value: 1 });
    expect(result.trainableParameters).toBeGreaterThan(0);
    expect(result.peakMemoryBytes).toBeGreaterThan(1e6);
    if (method === "full") {
      writeFileSync(`${out}/tokenizer.json`, readFileSync(at("model", "tokenizer.json")));
    }
    const where = method === "full" ? ["--model", out] : ["--model", at("model"), "--adapter", out];
    const judged = lowrankJson(["classify", at("eval.jsonl"), ...where, "--text-columns", "text"]);
    const found = judged.predictions.map(({ prediction }: { prediction: string }) => prediction);
    expect(found).toEqual(["yes", "no"]);
  },
);

test("a run is kept, goes on where it ended, and ends with the same adapter", () => {
  const args = (steps: string, ...more: string[]) => [
    "finetune",
    ...data(),
    ...columns,
    "--method",
    "deep-lora",
    "--rank",
    "4",
    "--steps",
    steps,
    // A rate that stays does not know how long the run is.
    ...["--warmup-share", "0", "--final-rate-share", "1"],
    ...more,
  ];
  lowrankJson(args("6", "--out", at("whole")));
  lowrankJson(args("3", "--state", at("run.state")));
  const second = lowrankJson(args("6", "--state", at("run.state"), "--out", at("resumed")));
  expect(second.steps).toBe(6);
  const file = "adapter_model.safetensors";
  expect(readFileSync(at("resumed", file))).toEqual(readFileSync(at("whole", file)));
});

test("numbers are a regression; judging stops early; the report shows every matrix", () => {
  const table = ["--model", at("model"), "--train", at("numbers.tsv"), "--eval", at("numbers.tsv")];
  const stop = ["--eval-every", "2", "--patience", "2", "--samples", "20"];
  const result = lowrankJson([
    "finetune",
    ...table,
    "--text-columns",
    "1",
    "--label-column",
    "2",
    ...stop,
    "--steps",
    "400",
    "--rank",
    "4",
    "--report",
    at("report.html"),
  ]);
  expect(result.metric).toBe("pearson");
  expect(result.steps).toBeLessThan(400);
  const page = readFileSync(at("report.html"), "utf8");
  expect(page).toContain("A typical prediction is off by");
  expect(page).toContain("The worst mistakes");
  expect(page).toContain("What each matrix has learned");
  expect(page).not.toMatch(/<script|\bsrc=/);
});

test("pairs with similarities adapt embeddings, and classify compares", () => {
  const pairs = ["a,b,score", "abc,abd,5", "xyz,wxy,4.5", "abc,xyz,0.5", "abd,wxy,1", "abc,wxy,0"];
  writeFileSync(at("pairs.csv"), pairs.join("\n"));
  const files = ["--model", at("model"), "--train", at("pairs.csv"), "--eval", at("pairs.csv")];
  const columns = ["--text-columns", "a,b", "--label-column", "score"];
  const training = ["finetune", ...files, ...columns, "--task", "similarity", ...quick];
  const out = at("alike");
  const result = lowrankJson([...training, "--label-range", "0,5", "--out", out]);
  expect(result).toMatchObject({ steps: 60, metric: "pearson" });
  expect(result.value).toBeGreaterThan(0.9);
  const adapted = ["--model", at("model"), "--adapter", out];
  const judge = ["classify", at("pairs.csv"), ...adapted, "--text-columns"];
  const { task, predictions } = lowrankJson([...judge, "a,b"]);
  expect(task).toBe("similarity");
  const found = predictions.map(({ prediction }: { prediction: number }) => prediction);
  expect(found[0]).toBeGreaterThan(0.6);
  expect(found[4]).toBeLessThan(0.4);
  // The same by the vectors.
  const vectors = (column: string) => {
    const args = ["embed", at("pairs.csv"), ...adapted, "--text-columns", column];
    lowrankJson([...args, "--out", at(`${column}.npy`)]);
    return Array.from(decodeNpy(readFileSync(at(`${column}.npy`))).data);
  };
  const [A, B] = [vectors("a"), vectors("b")];
  found.forEach((cosine: number, i: number) => {
    const row = A.slice(24 * i, 24 * (i + 1));
    expect(row.reduce((sum, x, j) => sum + x * B[24 * i + j], 0)).toBeCloseTo(cosine, 5);
  });
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(args), `lowrank ${args[0]}: `, reason);
  refuse(training, 'line 2: the label "5" is not a similarity in [-1, 1]: --label-range 0,5');
  refuse([...training, "--label-range", "5,0"], "two numbers, the smaller first");
  refuse([...training, "--text-columns", "a"], "--text-columns must be two names");
  refuse(["finetune", ...files, ...columns, "--label-range", "0,5"], "is for --task similarity");
  refuse([...judge, "a"], "the adapter compares two texts");
});

test("losses learn from texts alone, and labels have weights and a range", () => {
  const triplets = ["a,b,c", "abc,abd,xyz", "xyz,wxy,abc", "abd,abc,wxy"];
  writeFileSync(at("triplets.csv"), triplets.join("\n"));
  const of = (file: string, ...more: string[]) => {
    return ["finetune", "--model", at("model"), "--train", at(file), ...quick, ...more];
  };
  const apart = ["--loss", "triplet", "--text-columns", "a,b,c"];
  const out = at("apart");
  expect(lowrankJson(of("triplets.csv", ...apart, "--out", out)).trainLoss).toBeLessThan(0.3);
  const negatives = ["--loss", "multiple-negatives", "--matryoshka", "24,8", "--scale", "10"];
  const { steps } = lowrankJson(of("triplets.csv", ...negatives, "--text-columns", "a,b"));
  expect(steps).toBe(60);
  const judge = ["classify", at("triplets.csv"), "--model", at("model"), "--adapter", out];
  expect(lowrankJson([...judge, "--text-columns", "a,b"]).task).toBe("similarity");

  writeFileSync(at("stars.csv"), ["text,label", "abc,5", "abd,5", "xyz,1", "wxy,1"].join("\n"));
  const stars = ["--text-columns", "text", "--label-column", "label"];
  const within = ["--task", "regression", "--label-range", "1,5", "--out", at("stars")];
  lowrankJson(of("stars.csv", ...stars, ...within));
  const { predictions } = lowrankJson([
    ...["classify", at("stars.csv"), "--model", at("model"), "--adapter", at("stars")],
    ...["--text-columns", "text"],
  ]);
  for (const { prediction } of predictions) expect(Math.abs(prediction - 3)).toBeLessThanOrEqual(2);
  const weighted = ["--class-weights", "balanced", "--label-smoothing", "0.1"];
  expect(lowrankJson(of("stars.csv", ...stars, ...weighted)).steps).toBe(60);

  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(args), "lowrank finetune: ", reason);
  refuse(of("stars.csv", ...stars, "--class-weights", "3"), "there must be one for each of the 2");
  refuse(of("stars.csv", ...stars, "--margin", "1"), 'the loss "cross-entropy" takes no margin');
  refuse(of("triplets.csv", "--text-columns", "a,b"), "--label-column is missing");
  refuse(of("triplets.csv", "--loss", "triplet", "--text-columns", "a,b"), "must be three names");
  refuse(of("triplets.csv", ...apart, "--label-column", "a"), "the loss triplet takes no labels");
  refuse(of("triplets.csv", ...apart, "--task", "regression"), "--loss is for --task similarity");
  const far = ["--task", "regression", "--label-range", "1,4"];
  refuse(of("stars.csv", ...stars, ...far), 'line 2: the label "5" is not in the range 1 .. 4');
});

test("--save-rank writes PEFT's files of what was learned; our own factors stay whole", () => {
  const args = ["finetune", ...data(), ...columns, ...quick, "--method", "deep-lora"];
  const write = (name: string, ...more: string[]) => {
    lowrankJson([...args, "--out", at(name), ...more]);
    const config = JSON.parse(readFileSync(at(name, "adapter_config.json"), "utf8"));
    const bytes = (file: string) => readFileSync(at(name, file));
    return { ranks: [config.r, ...Object.values<number>(config.rank_pattern)], bytes };
  };
  const [whole, one] = [write("rank-all"), write("rank-1", "--save-rank", "1")];
  const learned = write("rank-learned", "--save-rank", "learned");
  expect(whole.ranks).toEqual([4]);
  expect(one.ranks).toEqual([1]);
  expect(Math.min(...learned.ranks)).toBeLessThan(4);
  expect(learned.bytes("adapter_model.safetensors").length).toBeLessThan(
    whole.bytes("adapter_model.safetensors").length,
  );
  // The file also says which of PEFT's files it stands beside: those differ.
  const factors = ({ bytes }: typeof whole) => decodeSafetensors(bytes("deep_lora.safetensors"));
  for (const written of [one, learned]) {
    expect(factors(written).tensors).toEqual(factors(whole).tensors);
  }
  const refuse = (more: string[], reason: string) =>
    expectRefusal(lowrank([...args, ...more]), "lowrank finetune: ", reason);
  refuse(["--save-rank", "1"], "--save-rank is for an adapter that --out writes");
  refuse(["--save-rank", "1", "--out", at("none"), "--method", "full"], "--save-rank is for");
  refuse(["--save-rank", "all", "--out", at("none")], "--save-rank");
});

test("without --learning-rate it is searched, to the same rate on two threads, and said", () => {
  const args = [...data(), ...columns, "--steps", "60", "--rank", "2"];
  const { learningRate } = lowrankJson(["finetune", ...args]);
  expect(learningRate).toBeGreaterThan(0);
  expect(lowrankJson(["finetune", ...args, "--threads", "2"]).learningRate).toBe(learningRate);
  const { stdout } = lowrank(["finetune", ...args]);
  expect(stdout).toContain(`learning rate ${learningRate.toPrecision(2)}, searched`);
  const usual = lowrankJson(["finetune", ...args, "--learning-rate", "usual"]);
  expect(usual.learningRate).toBe(5e-4);
  expectRefusal(
    lowrank(["finetune", ...args, "--learning-rate", "fast"]),
    "lowrank finetune: ",
    "--learning-rate",
  );
});

test("without --method it is LoRA", () => {
  const args = ["finetune", ...data(), ...columns, "--steps", "1", "--rank", "3"];
  expect(lowrankJson(args).method).toBe("lora");
});

test("two threads learn what one does", () => {
  const args = [...data(), "--eval", at("eval.jsonl"), ...columns, ...quick];
  const result = lowrankJson(["finetune", ...args, "--threads", "2", "--method", "lora"]);
  expect(Object.keys(result)).toEqual(keys);
  expect(result).toMatchObject({ steps: 60, value: 1 });
  expectRefusal(
    lowrank(["finetune", ...args, "--threads", "0"]),
    "lowrank finetune: ",
    "--threads",
  );
});

test("embed writes a vector for each text", () => {
  const args = ["embed", at("eval.jsonl"), "--model", at("model"), "--text-columns", "text"];
  const result = lowrankJson([...args, "--out", at("vectors.npy")]);
  expect(result).toMatchObject({ texts: 2, width: 24 });
  expect(decodeNpy(readFileSync(at("vectors.npy"))).shape).toEqual([2, 24]);
});

test("weights in fewer bits give nearly the same vectors, and learn", () => {
  const args = ["embed", at("eval.jsonl"), "--model", at("model"), "--text-columns", "text"];
  const vectors = (storage: string) => {
    lowrankJson([...args, "--weight-storage", storage, "--out", at(`${storage}.npy`)]);
    return Array.from(decodeNpy(readFileSync(at(`${storage}.npy`))).data);
  };
  const full = vectors("full");
  for (const [storage, bound] of [
    ["f16", 1e-3],
    ["int8", 0.05],
  ] as const) {
    const apart = vectors(storage).map((x, i) => Math.abs(x - full[i]));
    expect(Math.max(...apart)).toBeLessThan(bound);
    expect(Math.max(...apart)).toBeGreaterThan(0);
  }
  const training = [...data(), "--eval", at("eval.jsonl"), ...columns, ...quick];
  const result = lowrankJson(["finetune", ...training, "--weight-storage", "int8"]);
  expect(result).toMatchObject({ steps: 60, metric: "accuracy", value: 1 });
});

test("finetune refuses bad files and bad usage with exit code 2 and one line", () => {
  const refuse = (args: string[], reason: string) =>
    expectRefusal(lowrank(["finetune", ...args]), "lowrank finetune: ", reason);
  const usual = ["--model", at("model"), "--train", at("train.csv"), ...columns];
  const before = folder.names();
  refuse(
    ["--model", at("nowhere"), "--train", at("train.csv"), ...columns],
    "there is no such folder",
  );
  refuse(["--model", at("model"), "--train", at("nothing"), ...columns], "there is no such file");
  refuse([...usual, "--eval", at("strange.jsonl")], 'line 1: the label "maybe" is unknown');
  refuse([...usual, "--method", "deep-lora", "--rank", "999"], "must be at most the smaller side");
  refuse([...usual, "--targets", "q_proj"], 'no linear layer is called "q_proj"');
  refuse([...usual, "--metric", "pearson"], "--metric is pearson");
  refuse([...usual, "--patience", "2"], "--patience needs");
  refuse([...usual, "--weight-storage", "int4"], "--weight-storage");
  refuse(
    [...usual, "--weight-storage", "int8", "--method", "full"],
    'it is stored as int8, which cannot be changed: load the model with its weights stored as "full"',
  );
  refuse([...data(), "--text-columns", "a,b,c", "--label-column", "label"], "one or two names");
  refuse([...data(), "--text-columns", "words", "--label-column", "label"], 'no column "words"');
  refuse([...data(), "--text-columns", "text,text", "--label-column", "label"], "two different");
  refuse(
    [...data(), "--text-columns", "text,label", "--label-column", "label"],
    '--label-column is "label", which --text-columns names too',
  );
  writeFileSync(at("torn.state"), "not a state");
  refuse([...usual, "--state", at("torn.state"), "--out", at("never")], "safetensors");
  expect(folder.names()).toEqual([...before, "torn.state"].sort());
});

/** The folder of the model with one file written anew. */
function modelWith(name: string, change: (bytes: Buffer) => Uint8Array | string): string {
  const target = at(`hostile-${name}`);
  rmSync(target, { recursive: true, force: true });
  cpSync(at("model"), target, { recursive: true });
  writeFileSync(join(target, name), change(readFileSync(join(target, name))));
  return target;
}

/** A safetensors file whose header is changed as text. */
const headerChanged = (change: (header: string) => string) => (bytes: Buffer) => {
  const length = Number(bytes.readBigUInt64LE());
  const header = Buffer.from(change(bytes.subarray(8, 8 + length).toString()));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([size, header, bytes.subarray(8 + length)]);
};
const firstOffsets = /"data_offsets":\[\d+,\d+\]/;
const json = (change: (value: Record<string, unknown>) => object) => (bytes: Buffer) =>
  JSON.stringify(change(JSON.parse(bytes.toString())));

test.each<[string, string, (bytes: Buffer) => Uint8Array | string, string]>([
  [
    "offsets of 2^53",
    "model.safetensors",
    headerChanged((text) => text.replace(firstOffsets, '"data_offsets":[0,9007199254740993]')),
    "model.safetensors",
  ],
  [
    "negative offsets",
    "model.safetensors",
    headerChanged((text) => text.replace(firstOffsets, '"data_offsets":[-4,0]')),
    "model.safetensors",
  ],
  [
    "overlapping tensors",
    "model.safetensors",
    headerChanged((text) =>
      text.replace(/("data_offsets":\[)\d+(,\d+\].*?"data_offsets":\[)\d+/, "$10$20"),
    ),
    "model.safetensors",
  ],
  [
    "a name used twice",
    "model.safetensors",
    headerChanged((text) => text.replace(/^\{("[^"]+":\{[^}]*\}),/, "{$1,$1,")),
    "model.safetensors",
  ],
  [
    "a header longer than the file",
    "model.safetensors",
    (bytes) => Buffer.concat([Buffer.from([0, 0, 0, 6, 0, 0, 0, 0]), bytes.subarray(8)]),
    "model.safetensors",
  ],
  [
    "a tensor that is missing",
    "model.safetensors",
    headerChanged((text) =>
      text.replace("attention.self.query.weight", "attention.self.kwery.weight"),
    ),
    "attention.self.query.weight is missing",
  ],
  [
    "a configuration of another width",
    "config.json",
    json((config) => ({ ...config, hidden_size: 27 })),
    "the configuration asks for",
  ],
  [
    "a tokenizer of another kind",
    "tokenizer.json",
    json((tokenizer) => ({ ...tokenizer, model: { type: "Unheard" } })),
    "tokenizer.json",
  ],
])("finetune refuses %s in one line, and leaves nothing behind", (_, file, change, reason) => {
  const model = modelWith(file, change);
  const args = ["--model", model, "--train", at("train.csv"), ...columns, "--out", at("refused")];
  expectRefusal(lowrank(["finetune", ...args]), "lowrank finetune: ", reason);
  expect(folder.names()).not.toContain("refused");
});

test("texts that are empty, or of a million characters, are texts", () => {
  const long = "abc ".repeat(250_000);
  const lines = [`{"text":"","label":"no"}`, `{"text":"${long}","label":"yes"}`];
  writeFileSync(at("odd.jsonl"), `${lines.join("\n")}\n`);
  const args = ["--model", at("model"), "--train", at("odd.jsonl"), ...columns, "--steps", "2"];
  const { status, stdout, stderr } = lowrank(["finetune", ...args, "--json"]);
  expect([status, JSON.parse(stdout).steps]).toEqual([0, 2]);
  expect(stderr.split("\n").map((line) => line.replace(/.*odd.jsonl: /, ""))).toEqual([
    "1 record without a text, first in line 1",
    'seen only once: classes "no" (line 1), "yes" (line 2)',
    "lowrank finetune: a new head begins at random: classifier",
    "",
  ]);
  writeFileSync(at("none.jsonl"), "\n");
  const none = ["--model", at("model"), "--train", at("none.jsonl"), ...columns];
  expectRefusal(lowrank(["finetune", ...none]), "lowrank finetune: ", "none.jsonl");
});

test("labels of training and evaluation are compared as numbers where all of them are", () => {
  const table = (name: string, labels: string[]) => {
    const lines = labels.map((label, i) => `${i % 2 ? "abc" : "xyz"},${label}`);
    writeFileSync(at(name), ["text,label", ...lines].join("\n"));
    return at(name);
  };
  const train = table("numbers.csv", ["0", "1", "0.0", "1.0", "0", "1"]);
  const args = (judged: string) => [
    ...["--model", at("model"), "--train", train, "--eval", judged, ...columns],
    ...["--steps", "1", "--out", at("numbered")],
  ];
  lowrankJson(["finetune", ...args(table("numbers-eval.csv", ["00", "1e0"]))]);
  const { task } = JSON.parse(readFileSync(at("numbered", "lowrank.json"), "utf8"));
  expect(task).toEqual({ kind: "classification", labels: ["0", "1"] });
  const refuse = (label: string, reason: string) => {
    const file = table("bad-eval.csv", ["1", label]);
    expectRefusal(
      lowrank(["finetune", ...args(file)]),
      `lowrank finetune: ${file} line 3: `,
      reason,
    );
  };
  refuse("2", 'the label "2" is unknown: there are "0", "1"');
  refuse("", "the label is empty");
  refuse("NaN", 'the label "NaN" stands for a missing value');
});

test("kill -9 at any moment of finetune leaves the old adapter or the new one, whole", async () => {
  const finetune = (seed: string, out: string) => [
    "finetune",
    ...data(),
    ...columns,
    "--method",
    "deep-lora",
    "--steps",
    "3",
    "--rank",
    // Of two ranks, so that no file of the one goes with one of the other.
    seed === "1" ? "4" : "6",
    "--seed",
    seed,
    "--out",
    at(out),
  ];
  const scores = (adapter: string) =>
    JSON.stringify(
      lowrankJson([
        ...["classify", at("eval.jsonl"), "--model", at("model"), "--adapter", at(adapter)],
        ...["--text-columns", "text"],
      ]).predictions,
    );
  lowrankJson(finetune("1", "old"));
  const start = performance.now();
  lowrankJson(finetune("2", "new"));
  let duration = performance.now() - start;
  const known = [scores("old"), scores("new")];
  expect(known[0]).not.toBe(known[1]);
  let killed = 0;
  for (let k = 0; k < 20; k++) {
    rmSync(at("kept"), { recursive: true, force: true });
    cpSync(at("old"), at("kept"), { recursive: true });
    const moment = (0.7 + 0.4 * ((k * 0.6180339887) % 1)) * duration;
    const run = await killAfter(finetune("2", "kept"), moment);
    if (run.killed) killed++;
    // The first run may have been slower than all that follow: what else runs here changes.
    else duration = Math.min(duration, run.elapsed);
    expect(known).toContain(scores("kept"));
  }
  expect(killed).toBeGreaterThan(0);
  // What the killed runs left behind is no hindrance, and goes.
  lowrankJson(finetune("2", "kept"));
  expect(scores("kept")).toBe(known[1]);
  expect(readdirSync(at("kept")).sort()).toEqual(readdirSync(at("new")).sort());
});
