import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { adamw } from "../../src/optim/adamw.js";
import { packBatch } from "../../src/transformer/batch.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { EncoderTraining, scoresOf } from "../../src/transformer/encoder-training.js";
import { meanPool, SimilarityHead } from "../../src/transformer/head.js";
import { attachLora, encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { expectBelow } from "../helpers/ratios.js";

interface Fixture {
  rank: number;
  alpha: number;
  rate: number;
  epsilon: number;
  ids: number[][];
  labels: number[];
  cosines: number[];
  start: Record<string, number[]>;
  losses: number[];
  after: Record<string, Record<string, number[]>>;
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/similarity-training.json", import.meta.url), "utf8"),
);
const { config, weights } = encoderOf(encoderFixtures[0]);
const batch = packBatch(
  config,
  fixture.ids.map((ids) => ({ ids })),
);

test("20 steps of LoRA on the similarity of embeddings follow PyTorch and PEFT", () => {
  const encoder = new Encoder(config, weights);
  attachLora(encoder, fixture);
  const head = new SimilarityHead((tape, batch) => meanPool(tape, encoder, batch));
  const optimizer = adamw({ epsilon: fixture.epsilon, weightDecay: 0 });
  const training = new EncoderTraining(encoder, head, optimizer, { kind: "cosine" });
  const difference = (expected: Record<string, number[]>) =>
    Math.max(
      ...Object.entries(expected).flatMap(([key, values]) => {
        const found = encoder.parameters.read(key);
        return values.map((value, i) => Math.abs(value - found[i]));
      }),
    );

  const cosines = scoresOf(encoder, head, batch);
  expectBelow(1e-6, {
    cosines: Math.max(...fixture.cosines.map((c, i) => Math.abs(c - cosines[i]))),
    start: difference(fixture.start),
  });
  fixture.losses.forEach((expected, t) => {
    const loss = training.step(batch, fixture.labels, fixture.rate);
    expectBelow(1e-5, { loss: Math.abs(loss - expected) }, { step: t });
    if (t === 0) expectBelow(1e-5, { first: difference(fixture.after[1]) });
  });
  expectBelow(1e-3, { last: difference(fixture.after[20]) });
  // The distance must tell: the steps move the tensors by more than is allowed.
  expect(difference(fixture.start)).toBeGreaterThan(5e-3);
});
