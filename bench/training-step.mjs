// Question: how long is a training step of LoRA and of Deep LoRA on MiniLM, beside PyTorch and PEFT
// held to AVX2, on as many threads each, in the same run?
//   node bench/training-step.mjs [--python python3] [--rounds 3] [--lengths 64,64,...] [--steps 5]
//     [--threads 1] [--relaxed]
// `relaxed` adds our contenders on kernels with fused multiply-add (one thread, Node 22 and newer).
// `lengths` are the tokens of each text of the batch, 16 of 64 unless given: PyTorch pads them to the
// longest, lowrank packs them. Needs bench/fetch-minilm.mjs to have run.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { init } from "../dist/index.js";
import { DeepLora, Lora } from "../dist/lora/index.js";
import { ParallelFinetuning } from "../dist/lora/threads.js";
import { folder, loadMiniLm, textsOf } from "../lab/minilm.mjs";
import { median } from "../lab/statistics.mjs";

const rank = 8;

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    ...{ python: text, rounds: text, lengths: text, steps: text, threads: text },
    inside: text,
    relaxed: { type: "boolean" },
  },
});
const options = {
  model: folder,
  rank,
  threads: Number(values.threads ?? 1),
  warmup: 2,
  steps: Number(values.steps ?? 5),
  lengths: values.lengths?.split(",").map(Number) ?? new Array(16).fill(64),
};

if (values.inside) await inside(values.inside);
else outside();

/** Runs the contenders in turn, each in a process of its own, and prints the table. */
function outside() {
  const self = fileURLToPath(import.meta.url);
  const { lengths, steps, threads } = options;
  const common = ["--lengths", lengths.join(), "--steps", `${steps}`, "--threads", `${threads}`];
  const ours =
    (method, ...more) =>
    () =>
      execFileSync(process.execPath, [self, "--inside", method, ...common, ...more]);
  const held = {
    ONEDNN_MAX_CPU_ISA: "AVX2",
    MKL_ENABLE_INSTRUCTIONS: "AVX2",
    ATEN_CPU_CAPABILITY: "avx2",
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
  };
  const script = fileURLToPath(new URL("training_step.py", import.meta.url));
  const contenders = {
    "PyTorch + PEFT": () =>
      execFileSync(values.python ?? "python3", [script, JSON.stringify(options)], {
        env: { ...process.env, ...held },
        stdio: ["ignore", "pipe", "ignore"],
      }),
    "lowrank, LoRA": ours("lora"),
    "lowrank, Deep LoRA": ours("deep-lora"),
    ...(values.relaxed && {
      "lowrank, LoRA, relaxed": ours("lora", "--relaxed"),
      "lowrank, Deep LoRA, relaxed": ours("deep-lora", "--relaxed"),
    }),
  };
  const results = Object.fromEntries(
    Object.keys(contenders).map((name) => [name, { times: [], peakBytes: 0 }]),
  );
  for (let round = 0; round < Number(values.rounds ?? 3); round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const { times, peakBytes } = JSON.parse(run().toString());
      results[name].times.push(...times);
      results[name].peakBytes = Math.max(results[name].peakBytes, peakBytes);
    }
  }
  const reference = results["PyTorch + PEFT"];
  console.table(
    Object.fromEntries(
      Object.entries(results).map(([name, result]) => [
        name,
        {
          "median ms": Math.round(median(result.times)),
          "least ms": Math.round(Math.min(...result.times)),
          ratio: (median(result.times) / median(reference.times)).toFixed(2),
          "peak MiB": Math.round(result.peakBytes / 2 ** 20),
        },
      ]),
    ),
  );
}

/** One of our contenders: prints milliseconds as JSON. */
async function inside(method) {
  if (values.relaxed) {
    init(readFileSync(new URL("../dist/relaxed/edge/kernels.wasm", import.meta.url)));
  }
  const make = { lora: () => new Lora({ rank, alpha: rank, targets: [/./] }) };
  make["deep-lora"] = () => new DeepLora({ rank, targets: [/./] });
  const examples = textsOf(options.lengths).map((text, i) => ({ ...text, label: i % 5 }));
  const { threads, warmup, steps } = options;
  const settings = {
    ...{ method: make[method](), task: { kind: "regression" }, threads },
    ...{ steps: warmup + steps, batchSize: examples.length, learningRate: 1e-4 },
    ...{ warmupShare: 0, finalRateShare: 1 },
  };
  const run = await ParallelFinetuning.create(loadMiniLm(), examples, settings);
  const times = [];
  while (run.stepCount < warmup + steps) {
    const start = performance.now();
    await run.step();
    times.push(performance.now() - start);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ times: times.slice(warmup), peakBytes }));
  await run.terminate();
}
