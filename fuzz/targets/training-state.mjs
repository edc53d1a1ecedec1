// A saved run of fine-tuning, with a checksum that anybody can make.
import { crc32, decodeSafetensors, lora, tinyModel } from "../../build/fuzz/sources.mjs";
import { jsonText, Pairs } from "../json.mjs";
import { encodeSafetensorsTree, safetensorsTree } from "./safetensors.mjs";

const { Finetuning, Lora, DeepLora, HeadOnly, loadEncoder } = lora;
const model = loadEncoder(tinyModel("bert"));
const examples = [
  { text: "a film", label: 0 },
  { text: "bc", label: 1 },
  { text: "d e", label: 1 },
];
const settings = (method) => ({
  ...{ method, task: { kind: "classification", labels: ["no", "yes"] } },
  ...{ steps: 8, batchSize: 2, maxTokens: 8 },
});

/** A run's next step, and what it predicts then. */
function goOn(run) {
  const { stepCount } = run;
  const { loss } = run.step();
  return { stepCount, loss, scores: run.predict(examples).data };
}

const targets = ["attention.self.query"];
const runs = [
  new Lora({ rank: 2, targets }),
  new DeepLora({ rank: 2, targets }),
  new HeadOnly(),
].map((method) => {
  const run = new Finetuning(model, examples, settings(method));
  run.step();
  run.step();
  return { method, saved: run.save(), next: goOn(run) };
});

export default {
  name: "training-state",

  specimen(random) {
    const method = random.below(runs.length);
    const { saved, next } = runs[method];
    const { tensors, metadata } = decodeSafetensors(saved, "state");
    const { fingerprint, ...run } = JSON.parse(metadata.get("lowrank.training"));
    const list = Array.from(tensors, ([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape: [...shape], data: Uint8Array.from(bytes) },
    ]);
    const tree = {
      method,
      run: Pairs.from(run),
      fingerprint: Pairs.from(JSON.parse(fingerprint)),
      tensors: list,
      more: [],
    };
    return { tree, value: next };
  },

  encode(tree) {
    const { method, run, fingerprint, tensors, more } = Object(tree);
    const settings =
      run instanceof Pairs
        ? new Pairs([...run.entries, ["fingerprint", jsonText(fingerprint)]])
        : run;
    const list = (Array.isArray(tensors) ? tensors : []).filter(isTensor);
    const text = jsonText(settings);
    const metadata = [
      ["lowrank.training", text],
      ["lowrank.checksum", String(checksumOf(list, text))],
      ...(Array.isArray(more) ? more.filter(Array.isArray) : []),
    ];
    const file = encodeSafetensorsTree(safetensorsTree(list, metadata));
    return new Map([
      ["state", file],
      ["method", Uint8Array.of(Number(method))],
    ]);
  },

  read(files) {
    const { method } = runs[(files.get("method")?.[0] ?? 0) % runs.length];
    const resume = files.get("state") ?? new Uint8Array(0);
    return goOn(new Finetuning(model, examples, { ...settings(method), resume }));
  },
};

/** A name and what can be written as a tensor: data that are not bytes count as none. */
function isTensor(entry) {
  return (
    Array.isArray(entry) && typeof entry[0] === "string" && entry[1]?.data instanceof Uint8Array
  );
}

/** As the package computes it: over the settings, then names and bytes by name. */
function checksumOf(tensors, settings) {
  let sum = crc32(new TextEncoder().encode(settings));
  for (const [name, { data }] of tensors.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    sum = crc32(new TextEncoder().encode(name), sum);
    sum = crc32(data, sum);
  }
  return sum;
}
