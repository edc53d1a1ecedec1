import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { adamw } from "../../src/optim/adamw.js";
import { packBatch } from "../../src/transformer/batch.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { addGradients, EncoderTraining, scoresOf } from "../../src/transformer/encoder-training.js";
import { Head, type TextHead } from "../../src/transformer/head.js";
import type { Loss } from "../../src/transformer/losses.js";
import { attachLora, encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { expectBelow } from "../helpers/ratios.js";

interface Fixture {
  rank: number;
  alpha: number;
  rate: number;
  epsilon: number;
  start: Record<string, number[]>;
  losses: number[];
  after: Record<string, Record<string, number[]>>;
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/lora-training.json", import.meta.url), "utf8"),
);
const bert = encoderFixtures[0];
const { config: plain, weights, texts } = encoderOf(bert);
const config = { ...plain, dropout: 0.1, attentionDropout: 0.2 };
const batch = packBatch(config, texts);

/** The fixture's model with its LoRA. */
function build(recompute = false, dropoutSeed?: number) {
  const encoder = new Encoder(config, weights, { recompute });
  const head = new Head(encoder, { outputs: 3, seed: 0, weights });
  attachLora(encoder, fixture, "bert.");
  const optimizer = adamw({ epsilon: fixture.epsilon, weightDecay: 0 });
  const options = dropoutSeed === undefined ? {} : { dropoutSeed };
  const training = new EncoderTraining(
    encoder,
    head,
    optimizer,
    { kind: "cross-entropy" },
    options,
  );
  return { encoder, head, training };
}

const snapshot = (encoder: Encoder) =>
  Object.fromEntries(
    Object.keys(fixture.start).map((key) => [key, [...encoder.parameters.read(key)]]),
  );

function differences(encoder: Encoder, expected: Record<string, number[]>) {
  const found = snapshot(encoder);
  return Object.fromEntries(
    Object.entries(expected).map(([key, values]) => [
      key,
      values.reduce((most, value, i) => Math.max(most, Math.abs(value - found[key][i])), 0),
    ]),
  );
}

test("50 steps of LoRA follow PyTorch and PEFT", () => {
  const { encoder, training } = build();
  expectBelow(1e-8, differences(encoder, fixture.start));
  const losses = fixture.losses.map((expected, t) => {
    const loss = training.step(batch, bert.labels, fixture.rate);
    if (t === 0) expectBelow(1e-5, differences(encoder, fixture.after[1]));
    return Math.abs(loss - expected);
  });
  expectBelow(1e-5, { first: losses[0] });
  expectBelow(1e-3, { losses: Math.max(...losses), ...differences(encoder, fixture.after[50]) });
  // The distance must tell: a step moves every trained tensor by more than is allowed.
  const moved = differences(encoder, fixture.start);
  expect(Object.values(moved).filter((distance) => distance < 1e-3)).toEqual([]);
});

test("a run that is interrupted and restored goes on to the same bits", () => {
  const steps = (training: EncoderTraining, n: number) =>
    Array.from({ length: n }, () => training.step(batch, bert.labels, 1e-3));
  const whole = build(false, 5);
  const losses = steps(whole.training, 8);
  const first = build(false, 5);
  steps(first.training, 5);
  const saved = snapshot(first.encoder);
  const second = build(false, 5);
  for (const [name, values] of Object.entries(saved)) {
    second.encoder.parameters.write(name, Float32Array.from(values));
  }
  second.training.restore(first.training.optimizerState(), first.training.stepCount);
  expect(steps(second.training, 3)).toEqual(losses.slice(5));
  expect(snapshot(second.encoder)).toEqual(snapshot(whole.encoder));
});

test("dropout changes the loss, repeats itself, and recomputed layers drop the same", () => {
  const losses = (recompute: boolean, seed?: number) => {
    const { encoder, training } = build(recompute, seed);
    const values = [1, 2, 3].map(() => training.step(batch, bert.labels, 1e-3));
    return { values, after: snapshot(encoder) };
  };
  const dropped = losses(false, 11);
  expect(losses(true, 11)).toEqual(dropped);
  expect(losses(false, 12)).not.toEqual(dropped);
  const whole = losses(false);
  expect(dropped.values.filter((loss, t) => loss === whole.values[t])).toEqual([]);
});

test("with dropout the gradient is still the derivative of the loss", () => {
  const encoder = new Encoder(config, weights, { dtype: "f64" });
  const head = new Head(encoder, { outputs: 3, seed: 0, weights });
  const name = "encoder.layer.0.attention.self.key.weight";
  encoder.parameters.train(name);
  const lossAt = (values: ArrayLike<number>) => {
    encoder.parameters.write(name, Float64Array.from(values));
    encoder.parameters.zeroGradients();
    encoder.noise = { seed: 1, step: 2 };
    return addGradients(encoder, head, batch, bert.labels, { kind: "cross-entropy" });
  };
  const start = encoder.parameters.read(name);
  lossAt(start);
  const slope = [...encoder.parameters.get(name).gradient!.view()];
  const direction = slope.map((_, i) => ((i * 37) % 19) / 9 - 1);
  const along = (step: number) =>
    lossAt(start.map((value: number, i: number) => value + step * direction[i]));
  const measured = (along(1e-5) - along(-1e-5)) / 2e-5;
  const expected = slope.reduce((sum, value, i) => sum + value * direction[i], 0);
  expectBelow(1e-6, { ratio: Math.abs(measured - expected) / Math.abs(expected) });
});

test("training steps take no new memory", () => {
  const { encoder, training } = build();
  training.step(batch, bert.labels, 1e-3);
  const before = [encoder.job.mark(), encoder.job.byteLength];
  for (let i = 0; i < 20; i++) training.step(batch, bert.labels, 1e-3);
  expect([encoder.job.mark(), encoder.job.byteLength]).toEqual(before);
});

test("a regression learns a number for each text, with all weights trained", () => {
  const encoder = new Encoder(config, weights);
  const head = new Head(encoder, { outputs: 1, seed: 3 });
  for (const name of encoder.parameters.names) encoder.parameters.train(name);
  const training = new EncoderTraining(encoder, head, adamw({ weightDecay: 0 }), {
    kind: "squared-error",
  });
  const targets = [0.5, -1, 2];
  for (let i = 0; i < 60; i++) training.step(batch, targets, 3e-3);
  const scores = scoresOf(encoder, head, batch);
  expectBelow(0.1, { worst: Math.max(...targets.map((y, i) => Math.abs(y - scores[i]))) });
});

test("an encoder whose weights were trained computes with what they have become", () => {
  const encoder = new Encoder(config, weights);
  const head = () => new Head(encoder, { outputs: 3, seed: 0, weights, trained: false });
  const first = head();
  for (const name of encoder.linearNames) encoder.parameters.train(`${name}.weight`);
  const training = new EncoderTraining(encoder, first, adamw({ weightDecay: 0 }), {
    kind: "cross-entropy",
  });
  for (let i = 0; i < 3; i++) training.step(batch, bert.labels, 1e-2);
  const learned = new Map(weights);
  for (const name of encoder.linearNames) {
    const key = `${name}.weight`;
    const { shape } = weights.get(`bert.${key}`)!;
    learned.set(`bert.${key}`, { shape, data: Float32Array.from(encoder.parameters.read(key)) });
  }
  const fresh = new Encoder(config, learned);
  const freshHead = new Head(fresh, { outputs: 3, seed: 0, weights });
  const expected = scoresOf(fresh, freshHead, batch);
  const start = new Encoder(config, weights);
  const untrained = new Head(start, { outputs: 3, seed: 0, weights });
  expect(expected).not.toEqual(scoresOf(start, untrained, batch));
  const difference = (scores: ArrayLike<number>) =>
    Math.max(...Array.from(scores, (value, i) => Math.abs(value - expected[i])));
  expectBelow(1e-5, { trained: difference(scoresOf(encoder, first, batch)) });
  // Frozen again, from their packed form.
  encoder.reset();
  expectBelow(1e-5, { reset: difference(scoresOf(encoder, head(), batch)) });
});

test("labels that do not fit are refused", () => {
  const { encoder, head } = build();
  const wrong = (labels: number[], loss: Loss) => () =>
    addGradients(encoder, head, batch, labels, loss);
  expect(wrong([0, 1], { kind: "cross-entropy" })).toThrow("labels: 2 were given: the batch has 3");
  expect(wrong([0, 1, 3], { kind: "cross-entropy" })).toThrow(
    "labels: label 2 is 3: it must be an integer in 0 .. 2",
  );
  expect(wrong(new Array(9).fill(Number.NaN), { kind: "squared-error" })).toThrow(
    "labels: label 0 is NaN: it must be a finite number",
  );
});

test("a forward pass that throws leaves no memory behind, and the model goes on to the same bits", () => {
  const { encoder, head, training } = build();
  const level = encoder.job.mark();
  const scores = scoresOf(encoder, head, batch);
  const failing: TextHead = {
    ...{ outputs: head.outputs, textsPerRow: head.textsPerRow, names: head.names },
    scores(): never {
      throw new RangeError("here");
    },
  };
  expect(() => scoresOf(encoder, failing, batch)).toThrow("here");
  expect(() =>
    addGradients(encoder, failing, batch, bert.labels, { kind: "cross-entropy" }),
  ).toThrow("here");
  expect(encoder.job.mark()).toBe(level);
  expect(scoresOf(encoder, head, batch)).toEqual(scores);
  expect(training.step(batch, bert.labels, 1e-3)).toBe(
    build().training.step(batch, bert.labels, 1e-3),
  );
});
