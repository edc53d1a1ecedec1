// Question: how long is a training step of LoRA and of Deep LoRA on MiniLM, beside PyTorch and PEFT
// held to AVX2, one thread each, in the same run?
//   node bench/training-step.mjs [--python python3] [--rounds 3] [--lengths 64,64,...] [--steps 5]
// `lengths` are the tokens of each text of the batch, 16 of 64 unless given: PyTorch pads them to the
// longest, lowrank packs them. Needs bench/fetch-minilm.mjs to have run.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const model = fileURLToPath(new URL("models/minilm", import.meta.url));
const rank = 8;

const text = { type: "string" };
const { values } = parseArgs({
  options: { python: text, rounds: text, lengths: text, steps: text, inside: text },
});
const options = {
  model,
  rank,
  threads: 1,
  warmup: 2,
  steps: Number(values.steps ?? 5),
  lengths: values.lengths?.split(",").map(Number) ?? new Array(16).fill(64),
};

if (values.inside) await inside(values.inside);
else outside();

/** Runs the contenders in turn, each in a process of its own, and prints the table. */
function outside() {
  const self = fileURLToPath(import.meta.url);
  const common = ["--lengths", options.lengths.join(), "--steps", String(options.steps)];
  const ours = (method) => () =>
    execFileSync(process.execPath, [self, "--inside", method, ...common]);
  const held = {
    ONEDNN_MAX_CPU_ISA: "AVX2",
    MKL_ENABLE_INSTRUCTIONS: "AVX2",
    ATEN_CPU_CAPABILITY: "avx2",
    OMP_NUM_THREADS: "1",
    MKL_NUM_THREADS: "1",
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
  const median = ({ times }) => [...times].sort((a, b) => a - b)[times.length >> 1];
  const reference = results["PyTorch + PEFT"];
  console.table(
    Object.fromEntries(
      Object.entries(results).map(([name, result]) => [
        name,
        {
          "median ms": Math.round(median(result)),
          "least ms": Math.round(Math.min(...result.times)),
          ratio: (median(result) / median(reference)).toFixed(2),
          "peak MiB": Math.round(result.peakBytes / 2 ** 20),
        },
      ]),
    ),
  );
}

/** One of our contenders: prints milliseconds as JSON. */
async function inside(method) {
  const { adamw, Encoder, encoderConfig, Head, packBatch, randomNormalArray, Training, weightsOf } =
    await library();
  const config = encoderConfig(JSON.parse(readFileSync(`${model}/config.json`, "utf8")));
  const encoder = new Encoder(config, weightsOf(model));
  const head = new Head(encoder, { outputs: 1, seed: 0 });
  const cores = method === "lora" ? 0 : 3;
  encoder.linearNames.forEach((name, stream) => {
    const { rows, cols } = encoder.linearShape(name);
    const core = (i) => {
      const data = new Float32Array(rank * rank);
      for (let d = 0; d < rank; d++) data[d * rank + d] = 1e-3;
      return { name: `${name}.core${i}`, rows: rank, cols: rank, data };
    };
    encoder.addBranch(name, [
      { name: `${name}.A`, rows: rank, cols, data: random(rank * cols, stream) },
      ...Array.from({ length: cores }, (_, i) => core(i)),
      { name: `${name}.B`, rows, cols: rank, data: new Float32Array(rows * rank) },
    ]);
  });
  function random(length, stream) {
    return randomNormalArray(length, 0, stream, "f32").map((value) => value / 20);
  }
  const training = new Training(encoder, head, adamw({ weightDecay: 0 }), "squaredError");
  const batch = packBatch(
    config,
    options.lengths.map((length, i) => ({
      ids: Int32Array.from({ length }, (_, t) => 1000 + (((i * 64 + t) * 7919) % 19000)),
    })),
  );
  const targets = options.lengths.map((_, i) => i % 5);
  const milliseconds = () => {
    const start = performance.now();
    training.step(batch, targets, 1e-4);
    return performance.now() - start;
  };
  for (let i = 0; i < options.warmup; i++) milliseconds();
  const times = Array.from({ length: options.steps }, milliseconds);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ times, peakBytes }));
}

/** The sources bundled, since the package's entries do not show the inner parts. */
async function library() {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export { adamw } from "./src/optim/adamw.js";
        export { Encoder } from "./src/transformer/encoder.js";
        export { encoderConfig } from "./src/transformer/config.js";
        export { Head } from "./src/transformer/head.js";
        export { packBatch } from "./src/transformer/batch.js";
        export { Training } from "./src/transformer/training.js";
        export { randomNormalArray } from "./src/linalg/random.js";
        import { readWeights } from "./src/io/model-files.js";
        import { readModelFolder } from "./src/io/model-folder.js";
        import { toFloat32 } from "./src/io/stored-tensor.js";
        export const weightsOf = (folder) => new Map(
          [...readWeights(readModelFolder(folder))]
            .filter(([name]) => !name.endsWith("position_ids"))
            .map(([name, tensor]) =>
              [name, { shape: tensor.shape, data: toFloat32(tensor, name, folder) }]),
        );`,
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`
  );
}
