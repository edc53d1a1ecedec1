import { expect, test } from "vitest";
import { crossEntropy } from "../../src/autograd/losses.js";
import { Tape } from "../../src/autograd/tape.js";
import { matmul, randomizedSvd } from "../../src/index.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { packBatch } from "../../src/transformer/batch.js";
import { Encoder, type EncoderOptions } from "../../src/transformer/encoder.js";
import { Head } from "../../src/transformer/head.js";
import { type EncoderFixture, encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { expectBelow } from "../helpers/ratios.js";

const bert = encoderFixtures[0];

function build(fixture: EncoderFixture, options: EncoderOptions = {}, trained = true) {
  const { config, weights, texts } = encoderOf(fixture);
  const encoder = new Encoder(config, weights, options);
  const head = new Head(encoder, { outputs: 3, seed: 0, weights, trained });
  return { encoder, head, weights, batch: packBatch(config, texts) };
}

/** One forward and backward pass; gradients are left in the parameters. */
function pass({ encoder, head, batch }: ReturnType<typeof build>, labels: number[]) {
  const { job, dtype } = encoder;
  encoder.parameters.zeroGradients();
  const tape = new Tape(job, dtype);
  const hidden = encoder.hiddenStates(tape, batch);
  const scores = head.scores(tape, batch);
  const values = { hidden: [...hidden.view()], scores: [...scores.view()] };
  const loss = crossEntropy(tape, scores, job.put(Int32Array.from(labels)));
  tape.backward();
  tape.release();
  return { ...values, loss };
}

/** Names as the encoder has them: without the family's prefix. */
const bare = (family: string, name: string) => name.replace(`${family}.`, "");

function gradientOf(encoder: Encoder, name: string): number[] {
  return [...encoder.parameters.get(name).gradient!.view()];
}

/** Largest absolute difference; NaN where the lengths differ. */
function difference(found: number[], expected: number[]): number {
  if (found.length !== expected.length) return Number.NaN;
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

/** The fixture keeps the first 12 tokens of each text. */
function kept(hidden: number[], { ids }: EncoderFixture): number[] {
  const width = hidden.length / ids.flat().length;
  let first = 0;
  return ids.flatMap(({ length }) => {
    const rows = hidden.slice(first * width, (first + Math.min(length, 12)) * width);
    first += length;
    return rows;
  });
}

for (const [dtype, tolerance] of [
  ["f64", 1e-6],
  ["f32", 1e-4],
] as const) {
  test.each(encoderFixtures)(`$family in ${dtype} computes what PyTorch computes`, (fixture) => {
    const model = build(fixture, { dtype });
    const { encoder } = model;
    for (const name of encoder.parameters.names) encoder.parameters.train(name);
    const { hidden, scores, loss } = pass(model, fixture.labels);
    expectBelow(tolerance, {
      hidden: difference(kept(hidden, fixture), fixture.hidden),
      scores: difference(scores, fixture.scores),
      loss: Math.abs(loss - fixture.loss),
      ...Object.fromEntries(
        Object.entries(fixture.gradients).map(([name, gradient]) => [
          name,
          difference(gradientOf(encoder, bare(fixture.family, name)), gradient),
        ]),
      ),
    });
  });
}

test("a text's hidden states do not depend on the texts beside it", () => {
  const { encoder, batch } = build(bert);
  const { texts, config } = encoderOf(bert);
  const states = (rows: typeof batch) => {
    const tape = new Tape(encoder.job, "f32", { recording: false });
    const result = [...encoder.hiddenStates(tape, rows).view()];
    tape.release();
    return result;
  };
  expect(texts.flatMap((text) => states(packBatch(config, [text])))).toEqual(states(batch));
});

test.each(encoderFixtures)(
  "$family: first tokens alone are those of all hidden states",
  (fixture) => {
    for (const recompute of [false, true]) {
      const { encoder, batch } = build(fixture, { dtype: "f64", recompute });
      const tape = new Tape(encoder.job, "f64");
      const all = encoder.hiddenStates(tape, batch);
      const first = encoder.firstTokens(tape, batch);
      const wanted = Array.from(batch.starts.slice(0, -1), (row) => [...all.row(row)]);
      expect([first.rows, first.cols]).toEqual([wanted.length, all.cols]);
      expectBelow(1e-12, { first: difference([...first.view()], wanted.flat()) });
      tape.release();
    }
  },
);

test("recomputing layers gives the same loss and gradients to the bit", () => {
  const [plain, again] = [false, true].map((recompute) => {
    const model = build(bert, { recompute });
    for (const name of model.encoder.linearNames) model.encoder.parameters.train(`${name}.weight`);
    const { loss } = pass(model, bert.labels);
    return {
      loss,
      gradients: model.encoder.linearNames.map((name) =>
        gradientOf(model.encoder, `${name}.weight`),
      ),
    };
  });
  expect(again).toEqual(plain);
});

test("steps take no new memory, and reset gives back what they took", () => {
  const model = build(bert);
  const { encoder } = model;
  encoder.reset();
  const mark = encoder.job.mark();
  const head = new Head(encoder, { outputs: 3, seed: 0 });
  pass({ ...model, head }, bert.labels);
  const [top, bytes] = [encoder.job.mark(), encoder.job.byteLength];
  for (let i = 0; i < 20; i++) pass({ ...model, head }, bert.labels);
  expect([encoder.job.mark(), encoder.job.byteLength]).toEqual([top, bytes]);
  encoder.reset();
  expect(encoder.job.mark()).toBe(mark);
  expect(encoder.parameters.trained).toEqual([]);
});

test("a branch adds F_n .. F_1 to its layer's weight, forwards and backwards", () => {
  const name = "encoder.layer.1.attention.self.value";
  const width = 24;
  const random = (rows: number, cols: number, seed: number) =>
    Matrix.randomNormal(rows, cols, { seed });
  const factors = [random(4, width, 1), random(5, 4, 2), random(width, 5, 3)];
  const scale = 0.03;
  const branched = build(bert, { dtype: "f64" });
  branched.encoder.addBranch(
    name,
    factors.map(({ rows, cols, data }, i) => ({ name: `F${i}`, rows, cols, data })),
    scale,
  );
  const merged = build(bert, { dtype: "f64" });
  const weight = merged.encoder.parameters.read(`${name}.weight`);
  const addition = factors.reduce((product, factor) => matmul(factor, product));
  merged.encoder.parameters.write(
    `${name}.weight`,
    weight.map((value, i) => value + scale * addition.data[i]) as Float64Array,
  );
  merged.encoder.parameters.train(`${name}.weight`);
  const [found, expected] = [branched, merged].map((model) => pass(model, bert.labels));
  const dW = new Matrix(
    width,
    width,
    Float64Array.from(gradientOf(merged.encoder, `${name}.weight`)),
  );
  const gradient = (i: number) => gradientOf(branched.encoder, `F${i}`);
  const times = (...matrices: Matrix[]) => {
    const result = matrices.reduce((A, B) => matmul(A, B));
    return [...result.data].map((value) => scale * value);
  };
  expectBelow(1e-12, {
    hidden: difference(found.hidden, expected.hidden),
    F0: difference(gradient(0), times(factors[1].transpose(), factors[2].transpose(), dW)),
    F1: difference(gradient(1), times(factors[2].transpose(), dW, factors[0].transpose())),
    F2: difference(gradient(2), times(dW, factors[0].transpose(), factors[1].transpose())),
  });
});

test.each([false, true])(
  "weight gradients are shown as operators, layer by layer (%s)",
  (again) => {
    const model = build(bert, { dtype: "f64", recompute: again }, false);
    const targets = ["encoder.layer.0.attention.self.query", "encoder.layer.1.intermediate.dense"];
    const seen: string[] = [];
    const found: Record<string, { dense: Matrix; S: number[] }> = {};
    model.encoder.visitWeightGradients(
      targets,
      () => pass(model, bert.labels),
      (name, gradient) => {
        seen.push(name);
        const { S } = randomizedSvd(gradient, { rank: 3, seed: 0 });
        found[name] = { dense: gradient.multiply(Matrix.identity(gradient.cols)), S: [...S] };
        const transposed = gradient.multiplyTransposed(Matrix.identity(gradient.rows));
        expectBelow(1e-12, {
          transposed: difference([...transposed.transpose().data], [...found[name].dense.data]),
        });
      },
    );
    expect(seen).toEqual([...targets].reverse());
    const full = build(bert, { dtype: "f64" });
    for (const name of targets) full.encoder.parameters.train(`${name}.weight`);
    pass(full, bert.labels);
    for (const name of targets) {
      const expected = gradientOf(full.encoder, `${name}.weight`);
      expectBelow(1e-12, { [name]: difference([...found[name].dense.data], expected) });
    }
  },
);

test("MPNet's relative biases have the gradient that finite differences measure", () => {
  const fixture = encoderFixtures.find(({ family }) => family === "mpnet")!;
  const name = "encoder.relative_attention_bias.weight";
  const found = [false, true].map((recompute) => {
    const model = build(fixture, { dtype: "f64", recompute }, false);
    const { parameters } = model.encoder;
    parameters.train(name);
    pass(model, fixture.labels);
    const gradient = gradientOf(model.encoder, name);
    const start = parameters.read(name);
    const direction = gradient.map((_, i) => ((i * 37) % 19) / 9 - 1);
    const along = (step: number) => {
      parameters.write(
        name,
        Float64Array.from(start, (value, i) => value + step * direction[i]),
      );
      return pass(model, fixture.labels).loss;
    };
    const measured = (along(1e-4) - along(-1e-4)) / 2e-4;
    const expected = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    expectBelow(1e-6, { ratio: Math.abs(measured - expected) / Math.abs(expected) });
    return gradient;
  });
  expect(found[1]).toEqual(found[0]);
});

test("only what is trained gets a gradient: a head alone leaves the encoder frozen", () => {
  const model = build(bert);
  pass(model, bert.labels);
  expect(model.encoder.parameters.trained.map(({ name }) => name)).toEqual([
    "classifier.weight",
    "classifier.bias",
  ]);
  expectBelow(1e-4, {
    classifier: difference(
      gradientOf(model.encoder, "classifier.weight"),
      bert.gradients["classifier.weight"],
    ),
  });
});

test("checkpoints that do not fit are refused by the tensor's name", () => {
  const { config, weights } = encoderOf(bert);
  const name = "bert.encoder.layer.1.output.dense.weight";
  const missing = new Map([...weights].filter(([key]) => key !== name));
  expect(() => new Encoder(config, missing)).toThrow(`weights: ${name} is missing`);
  const wrong = new Map(weights).set(name, { shape: [40, 24], data: new Float32Array(960) });
  expect(() => new Encoder(config, wrong)).toThrow(
    `weights: ${name} is 40 x 24 with 960 entries: the configuration asks for 24 x 40`,
  );
});

test("old names of layer norms are understood", () => {
  const { config, weights } = encoderOf(bert);
  const old = new Map(
    [...weights].map(([name, tensor]) => [
      name
        .replace("LayerNorm.weight", "LayerNorm.gamma")
        .replace("LayerNorm.bias", "LayerNorm.beta"),
      tensor,
    ]),
  );
  expect(new Encoder(config, old).linearNames).toHaveLength(13);
});

test("branches that do not fit are refused", () => {
  const { encoder } = build(bert);
  const factor = (name: string, rows: number, cols: number) => ({
    ...{ name, rows, cols, data: new Float32Array(rows * cols) },
  });
  const layer = "encoder.layer.0.output.dense";
  expect(() => encoder.addBranch("nothing", [])).toThrow('there is no linear layer "nothing"');
  expect(() => encoder.addBranch(layer, [factor("A", 2, 24), factor("B", 24, 2)])).toThrow(
    `addBranch: the factors for ${layer} are 2 x 24, 24 x 2: there must be two or more that lead ` +
      "from 40 to 24",
  );
  encoder.addBranch(layer, [factor("A", 2, 40), factor("B", 24, 2)]);
  expect(() => encoder.addBranch(layer, [factor("C", 2, 40), factor("D", 24, 2)])).toThrow(
    `addBranch: ${layer} has a branch: it can have one`,
  );
});

test("texts that an encoder cannot take are refused by text and token", () => {
  const { config } = encoderOf(bert);
  expect(() => packBatch(config, [])).toThrow("batch: it is empty");
  expect(() => packBatch(config, [{ ids: [] }])).toThrow(
    "text 0 has 0 tokens: it must have 1 .. 40",
  );
  expect(() => packBatch(config, [{ ids: [1] }, { ids: [1, 50] }])).toThrow(
    "batch: text 1, token 1 is 50: it must be an integer in 0 .. 49",
  );
  expect(() => packBatch(config, [{ ids: [1, 2], types: [0] }])).toThrow(
    "text 0 has 2 tokens and 1 types",
  );
  expect(() => packBatch(config, [{ ids: [1], types: [2] }])).toThrow("type 0 is 2");
});
