// MiniLM itself against PyTorch and PEFT; `node bench/fetch-minilm.mjs` fetches it.
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { tanh } from "../../src/autograd/operations.js";
import { Tape } from "../../src/autograd/tape.js";
import { readModelFolder } from "../../src/files/model-folder.js";
import { readWeights } from "../../src/formats/model-files.js";
import { toFloat32 } from "../../src/formats/stored-tensor.js";
import { adamw } from "../../src/optim/adamw.js";
import { packBatch } from "../../src/transformer/batch.js";
import { encoderConfig, type WeightTensor } from "../../src/transformer/config.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { EncoderTraining } from "../../src/transformer/encoder-training.js";
import { Head } from "../../src/transformer/head.js";
import { poolerName } from "../../src/transformer/names.js";
import { minilm, missingMiniLM, testWith } from "../helpers/needs.js";
import { expectBelow } from "../helpers/ratios.js";

interface Fixture {
  ids: number[][];
  targets: number[];
  hidden: number[];
  pooled: number[];
  rate: number;
  epsilon: number;
  names: string[];
  losses: number[];
  after: Record<string, Record<string, number[]>>;
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/minilm.json", import.meta.url), "utf8"),
);

function load() {
  const files = readModelFolder(minilm);
  const config = encoderConfig(JSON.parse(readFileSync(`${minilm}/config.json`, "utf8")));
  const weights = new Map<string, WeightTensor>();
  for (const [name, tensor] of readWeights(files)) {
    if (name.endsWith("position_ids")) continue;
    weights.set(name, { shape: tensor.shape, data: toFloat32(tensor, name, "model") });
  }
  const encoder = new Encoder(config, weights);
  const batch = packBatch(
    config,
    fixture.ids.map((ids) => ({ ids })),
  );
  return { encoder, batch };
}

/** The fixture's formula for the starts of tensor t. */
const formula = (length: number, t: number, scale: number) =>
  Float32Array.from({ length }, (_, i) => (((37 * i + 11 * t) % 101) - 50) / scale);

/** Largest difference of every 29th entry from what the fixture keeps. */
function difference(found: ArrayLike<number>, expected: number[]): number {
  if (Math.ceil(found.length / 29) !== expected.length) return Number.NaN;
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[29 * i])), 0);
}

testWith(missingMiniLM)("hidden states and pooled outputs of MiniLM are PyTorch's", () => {
  const { encoder, batch } = load();
  const tape = new Tape(encoder.job, "f32", { recording: false });
  const hidden = encoder.hiddenStates(tape, batch);
  const first = encoder.firstTokens(tape, batch);
  const pooled = tanh(tape, encoder.linear(tape, first, poolerName));
  const read = (tensor: typeof hidden) => tensor.read() as Float32Array;
  expectBelow(1e-4, {
    hidden: difference(read(hidden), fixture.hidden),
    pooled: difference(read(pooled), fixture.pooled),
  });
});

testWith(missingMiniLM)("50 steps of LoRA on MiniLM follow PyTorch and PEFT", () => {
  const { encoder, batch } = load();
  const head = new Head(encoder, { outputs: 1, seed: 0 });
  const index = new Map(fixture.names.map((name, t) => [name, t]));
  encoder.parameters.write(
    "classifier.weight",
    formula(384, index.get("classifier.weight")!, 2000),
  );
  for (const name of encoder.linearNames) {
    if (!/query|value/.test(name)) continue;
    const [A, B] = ["A", "B"].map((letter) => `bert.${name}.lora_${letter}.weight`);
    encoder.addBranch(
      name,
      [
        { name: A, rows: 8, cols: 384, data: formula(8 * 384, index.get(A)!, 1000) },
        { name: B, rows: 384, cols: 8, data: new Float32Array(384 * 8) },
      ],
      2,
    );
  }
  const optimizer = adamw({ epsilon: fixture.epsilon, weightDecay: 0 });
  const training = new EncoderTraining(encoder, head, optimizer, { kind: "squared-error" });
  const differences = (expected: Record<string, number[]>) =>
    Math.max(...fixture.names.map((n) => difference(encoder.parameters.read(n), expected[n])));
  fixture.losses.forEach((expected, t) => {
    const loss = training.step(batch, fixture.targets, fixture.rate);
    expectBelow(1e-3, { loss: Math.abs(loss - expected) }, { t });
    if (t === 0) expectBelow(1e-5, { afterOneStep: differences(fixture.after[1]) });
  });
  expectBelow(1e-3, { afterFifty: differences(fixture.after[50]) });
  expect(training.stepCount).toBe(50);
});
