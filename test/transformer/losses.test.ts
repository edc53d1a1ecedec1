import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { adamw } from "../../src/optim/adamw.js";
import { packBatch } from "../../src/transformer/batch.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { EncoderTraining } from "../../src/transformer/encoder-training.js";
import { Head, meanPool, SimilarityHead } from "../../src/transformer/head.js";
import type { Loss } from "../../src/transformer/losses.js";
import { attachLora, encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { expectBelow } from "../helpers/ratios.js";

interface Case {
  loss: Loss & { negatives?: boolean; range?: [number, number] };
  labels: number[];
  outputs: number;
  /** How many of the first texts. */
  texts: number;
  losses: number[];
  after: Record<string, Record<string, number[]>>;
}

interface Fixture {
  rank: number;
  alpha: number;
  rate: number;
  epsilon: number;
  ids: number[][];
  start: Record<string, number[]>;
  cases: Case[];
}

const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../fixtures/losses.json", import.meta.url), "utf8"),
);
const { config, weights } = encoderOf(encoderFixtures[0]);

/** The fixture's head: as many rows of the classifier as there are scores. */
function headOf(encoder: Encoder, { loss, outputs, labels, texts }: Case) {
  if (loss.kind.endsWith("entropy")) {
    const own = new Map(weights);
    for (const name of ["classifier.weight", "classifier.bias"]) {
      const { shape, data } = weights.get(name)!;
      const kept = (data.length / shape[0]) * outputs;
      own.set(name, { shape: [outputs, ...shape.slice(1)], data: data.slice(0, kept) });
    }
    return new Head(encoder, { outputs, trained: false, seed: 0, weights: own });
  }
  const three = labels.length === 0 && (loss.kind === "triplet" || loss.negatives);
  expect(texts % (three ? 3 : 2)).toBe(0);
  return new SimilarityHead((tape, batch) => meanPool(tape, encoder, batch), three ? 3 : 2);
}

test.each(fixture.cases.map((one) => ({ ...one, shown: JSON.stringify(one.loss) })))(
  "50 steps of $shown follow PyTorch and sentence-transformers",
  (one) => {
    const encoder = new Encoder(config, weights);
    attachLora(encoder, fixture);
    const head = headOf(encoder, one);
    const optimizer = adamw({ epsilon: fixture.epsilon, weightDecay: 0 });
    const training = new EncoderTraining(encoder, head, optimizer, one.loss);
    const batch = packBatch(
      config,
      fixture.ids.slice(0, one.texts).map((ids) => ({ ids })),
    );
    const [low, high] = one.loss.range ?? [0, 1];
    const labels = one.labels.map((label) => (label - low) / (high - low));
    const difference = (expected: Record<string, number[]>) =>
      Math.max(
        ...Object.entries(expected).flatMap(([key, values]) => {
          const found = encoder.parameters.read(key);
          return values.map((value, i) => Math.abs(value - found[i]));
        }),
      );
    const losses = one.losses.map((expected, t) => {
      const loss = training.step(batch, labels, fixture.rate);
      if (t === 0) expectBelow(1e-5, { first: difference(one.after[1]) });
      return Math.abs(loss - expected);
    });
    expectBelow(1e-5, { loss: losses[0] / Math.max(1, one.losses[0]) });
    expectBelow(1e-3, { losses: Math.max(...losses), last: difference(one.after[50]) });
    // The distance must tell: the steps move the tensors by more than is allowed.
    const start = Object.keys(one.after[50]).map((key) => [key, fixture.start[key]]);
    expect(difference(Object.fromEntries(start))).toBeGreaterThan(5e-3);
  },
);

test("losses of vectors ask for a head that gives them", () => {
  const encoder = new Encoder(config, weights);
  const head = new Head(encoder, { outputs: 1, seed: 0 });
  const training = new EncoderTraining(encoder, head, adamw(), { kind: "cosine" });
  const batch = packBatch(config, [{ ids: fixture.ids[0] }]);
  expect(() => training.step(batch, [1], 1e-3)).toThrow('loss: it is "cosine", which is taken of');
});
