// Weights in fewer bits: the network is bit by bit the one of the numbers that the bits stand for.
import { describe, expect, test } from "vitest";
import { Tape } from "../../src/autograd/tape.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { FullFineTuning } from "../../src/lora/plain-methods.js";
import { packBatch } from "../../src/transformer/batch.js";
import type { WeightTensor } from "../../src/transformer/config.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { tinyModel } from "../helpers/text-models.js";

const storages = ["f16", "int8"] as const;
const dtypes = ["f32", "f64"] as const;
const cases = encoderFixtures.flatMap((fixture) =>
  storages.flatMap((weightStorage) =>
    dtypes.map((dtype) => ({ ...{ family: fixture.family, weightStorage, dtype, fixture } })),
  ),
);

function hiddenStates(encoder: Encoder, texts: Parameters<typeof packBatch>[1]) {
  const tape = new Tape(encoder.job, encoder.dtype, { recording: false });
  return encoder.hiddenStates(tape, packBatch(encoder.config, texts)).read();
}

test.each(cases)(
  "$family in $weightStorage, $dtype, is the encoder of its stored weights",
  (one) => {
    const { config, weights, texts } = encoderOf(one.fixture);
    const { weightStorage, dtype } = one;
    const stored = new Encoder(config, weights, { weightStorage, dtype });
    const rounded = new Map<string, WeightTensor>(
      stored.parameters.names.map((name) => {
        const { rows, cols } = stored.parameters.shape(name);
        const vector = rows === 1 && !/embeddings.*\.weight$/.test(name);
        const isVector = vector || /LayerNorm/.test(name);
        const data = Float32Array.from(stored.parameters.read(name));
        return [name, { shape: isVector ? [cols] : [rows, cols], data }];
      }),
    );
    const full = new Encoder(config, rounded, { dtype });
    expect(hiddenStates(stored, texts)).toEqual(hiddenStates(full, texts));
    const before = hiddenStates(new Encoder(config, weights, { dtype }), texts);
    const after = hiddenStates(stored, texts);
    const furthest = Math.max(...Array.from(after, (x, i) => Math.abs(x - before[i])));
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(weightStorage === "f16" ? 5e-3 : 0.15);
  },
);

const examples = Array.from({ length: 20 }, (_, i) => ({
  text: i % 2 ? "abc abd" : "xyz wxy",
  label: i % 2,
}));
const task = { kind: "classification", labels: ["odd", "even"] } as const;
const settings = { task, steps: 12, batchSize: 8, learningRate: 5e-3, seed: 3 };

describe.each(storages)("a model in %s", (weightStorage) => {
  test.each([
    ["LoRA", new Lora({ rank: 4 })],
    ["Deep LoRA", new DeepLora({ rank: 4 })],
  ])("learns by %s, and is saved and resumed to the same bits", (_, method) => {
    const start = (resume?: Uint8Array<ArrayBuffer>) =>
      new Finetuning(loadEncoder(tinyModel(), { weightStorage }), examples, {
        ...{ ...settings, method },
        ...(resume ? { resume } : {}),
      });
    const whole = start();
    const losses = Array.from({ length: 12 }, () => whole.step().loss);
    expect(losses[11]).toBeLessThan(losses[0]);
    const first = start();
    for (let i = 0; i < 5; i++) first.step();
    const second = start(first.save());
    expect(Array.from({ length: 7 }, () => second.step().loss)).toEqual(losses.slice(5));
  });

  test("refuses to train the weights themselves", () => {
    const model = loadEncoder(tinyModel(), { weightStorage });
    const method = new FullFineTuning();
    expect(() => new Finetuning(model, examples, { ...settings, method })).toThrow(
      `it is stored as ${weightStorage}, which cannot be changed: load the model with its weights`,
    );
  });

  test("is smaller", () => {
    const bytes = (options: object) => loadEncoder(tinyModel(), options).encoder.job.byteLength;
    expect(bytes({ weightStorage })).toBeLessThanOrEqual(bytes({}));
  });
});

test("weights beyond the halves are refused by name, and fit in bytes", () => {
  const { config, weights } = encoderOf(encoderFixtures[0]);
  const name = [...weights.keys()].find((key) => key.endsWith("query.weight"))!;
  const { shape, data } = weights.get(name)!;
  const large = new Map(weights).set(name, { shape, data: data.map((x, i) => (i ? x : 7e4)) });
  expect(() => new Encoder(config, large, { weightStorage: "f16" })).toThrow(
    /query\.weight: its largest entry is 70000: halves end at 65504: store the weights as "int8"/,
  );
  expect(() => new Encoder(config, large, { weightStorage: "int8" })).not.toThrow();
});

test("a storage that there is not is refused", () => {
  const weightStorage = "int4" as "int8";
  expect(() => loadEncoder(tinyModel(), { weightStorage })).toThrow(
    'loadEncoder: weightStorage is "int4": it must be one of "full", "f16", "int8"',
  );
});
