import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelFileError } from "../../src/completion/model-file-error.js";
import { crc32 } from "../../src/formats/checksum.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, toFloat32 } from "../../src/formats/stored-tensor.js";
import { matmul } from "../../src/linalg/matmul.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { FewShotClassifier, fewShot, type LabelledText } from "../../src/lora/few-shot.js";
import { fitRidge } from "../../src/lora/kernel-ridge.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { layerMeans } from "../../src/lora/text-features.js";
import type { TextModel } from "../../src/lora/text-model.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { tinyModel } from "../helpers/text-models.js";

const model = loadEncoder(tinyModel());

/** Texts of two kinds: of letters at the start of the alphabet, and at its end. */
function texts(count: number, seed: number): LabelledText[] {
  const random = uniform(seed);
  const word = (letters: string) => {
    const pick = () => letters[Math.floor(Math.abs(random()) * letters.length) % letters.length];
    return Array.from({ length: 3 }, () => pick() + pick() + pick()).join(" ");
  };
  return Array.from({ length: count }, (_, i) => ({
    text: word(i % 2 ? "abcd" : "wxyz"),
    label: i % 2 ? "start" : "end",
  }));
}

test("every leave-one-out score is that of a fit without the example", () => {
  const recipe = fc.record({ n: fc.integer({ min: 3, max: 12 }), seed: fc.nat(1000) });
  fc.assert(
    fc.property(recipe, ({ n, seed }) => {
      const random = uniform(seed);
      const X = new Matrix(n, 4, Float64Array.from({ length: 4 * n }, random));
      const Y = new Matrix(n, 2, Float64Array.from({ length: 2 * n }, random));
      const without = (skip: number) => [...Array(n).keys()].filter((i) => i !== skip);
      const centre = (rows: number[], A: Matrix, c: number) =>
        rows.reduce((sum, i) => sum + A.get(i, c), 0) / rows.length;
      const gram = (rows: number[]) => {
        const data = rows.flatMap((i) => [0, 1, 2, 3].map((c) => X.get(i, c) - centre(rows, X, c)));
        const centred = new Matrix(rows.length, 4, Float64Array.from(data));
        return { centred, G: matmul(centred, centred, { transposeB: true }) };
      };
      const all = [...Array(n).keys()];
      const { G } = gram(all);
      const { leftOut, penalty } = fitRidge(G, Y);
      const skip = seed % n;
      // The same penalty on the others, by the normal equations.
      const rows = without(skip);
      const { centred } = gram(rows);
      const A = matmul(centred, centred, { transposeA: true });
      for (let c = 0; c < 4; c++) A.set(c, c, A.get(c, c) + penalty);
      for (const output of [0, 1]) {
        const mean = centre(rows, Y, output);
        const b = [0, 1, 2, 3].map((c) =>
          rows.reduce((sum, i, at) => sum + centred.get(at, c) * (Y.get(i, output) - mean), 0),
        );
        const w = gauss(A.toArray(), b);
        const score = w.reduce((s, wc, c) => s + wc * (X.get(skip, c) - centre(rows, X, c)), mean);
        expectBelow(1e-9, { difference: Math.abs(score - leftOut.get(skip, output)) }, { n, seed });
      }
    }),
    { numRuns: 50 },
  );
});

/** A x = b by elimination with pivots. */
function gauss(A: number[][], b: number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]]);
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    for (let i = 0; i < rows.length; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / pivot[k];
      for (let j = k; j <= rows.length; j++) rows[i][j] -= factor * pivot[j];
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i]);
}

test("the last layer's means are the model's vectors", () => {
  const some = [{ text: "abc abd" }, { text: "xyz" }, { text: "k", pair: "mno" }];
  const means = layerMeans(model, some, { maxTokens: 128, batchSize: 2 });
  expect([means.rows, means.cols]).toEqual([3, 3 * 24]);
  const vectors = model.embed(some.slice(0, 2));
  for (const i of [0, 1]) {
    const last = means.row(i).slice(48);
    expectBelow(1e-5, {
      far: Math.max(...last.map((x: number, j: number) => Math.abs(x - vectors.get(i, j)))),
    });
  }
});

test("a few texts make a classifier of others, which says how far to trust it", () => {
  const classifier = fewShot(model, texts(24, 1));
  expect(classifier.labels).toEqual(["end", "start"]);
  const others = texts(40, 2);
  const found = classifier.classify(others.map(({ text }) => text));
  const right = found.filter(({ label }, i) => label === others[i].label).length;
  expect(right).toBeGreaterThan(35);
  for (const { probability, probabilities, label } of found) {
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(probability).toBe(Math.max(...probabilities));
    expect(probabilities[classifier.labels.indexOf(label)]).toBe(probability);
  }
  const { accuracy, guess, chance, standardError } = classifier.evidence;
  expect(guess).toBe(0.5);
  expect(accuracy).toBeGreaterThan(0.8);
  expect(chance).toBeLessThan(1e-3);
  expect(standardError).toBeLessThan(0.09);
  expect(classifier.classify([])).toEqual([]);
  expect(classifier.classify([{ text: others[0].text }])).toEqual(found.slice(0, 1));
});

test("labels that mean nothing are not believed", () => {
  const random = uniform(4);
  const examples = texts(30, 3).map((text) => ({ ...text, label: random() > 0 ? "a" : "b" }));
  const { evidence } = fewShot(model, examples);
  expect(evidence.chance).toBeGreaterThan(0.05);
  // Ten right of ten by guessing one of two.
  const sure = fewShot(model, texts(10, 5)).evidence;
  if (sure.accuracy === 1) expect(sure.chance).toBeCloseTo(2 ** -10, 12);
});

test("equal seeds give equal bits, and the model is as it was", () => {
  const before = model.embed([{ text: "abc" }]).data.slice();
  const [a, b] = [0, 0].map((seed) => fewShot(model, texts(12, 6), { seed }));
  const judged = a.classify(["abc", "xyz"]);
  expect(b.classify(["abc", "xyz"])).toEqual(judged);
  expect(a.evidence).toEqual(b.evidence);
  expect(model.embed([{ text: "abc" }]).data).toEqual(before);
});

test("texts that are all alike are classified by how often each label is", () => {
  const same = ["a", "a", "a", "b", "b"].map((label) => ({ text: "abc", label }));
  const [{ label, probabilities }] = fewShot(model, same).classify(["abc"]);
  expect(label).toBe("a");
  expect(probabilities.every(Number.isFinite)).toBe(true);
});

test("what cannot be learned from is refused by name", () => {
  const wrong =
    (examples: unknown, options = {}) =>
    () =>
      fewShot(model, examples as LabelledText[], options);
  const two = texts(4, 1);
  expect(wrong([])).toThrow("fewShot: there are 0 labels: there must be 2 or more");
  expect(wrong(two.filter(({ label }) => label === "end"))).toThrow("there are 1 labels");
  expect(wrong(two.slice(0, 3))).toThrow('the label "start" has 1 example: it must have 2 or more');
  expect(wrong([...two, { text: "a", label: 3 }])).toThrow("label of example 4 is 3");
  expect(wrong(["abc"])).toThrow('example 0 is "abc"');
  expect(wrong(Array.from({ length: 501 }, () => two).flat())).toThrow("at most 2000");
  expect(wrong(two, { maxTokens: 0 })).toThrow("fewShot: maxTokens is 0");
  const classifier = fewShot(model, two);
  expect(classifier.classify("abc")).toEqual(classifier.classify(["abc"]));
  expect(() => classifier.classify(5 as never)).toThrow("classify: texts is 5");
  expect(() => classifier.classify([3 as never])).toThrow("classify: text 0 is 3");
});

describe("the file of a classifier", () => {
  const classifier = fewShot(model, texts(12, 8), { seed: 3, maxTokens: 16, batchSize: 4 });
  const bytes = classifier.save();
  const judged = classifier.classify(["abc dba", "xyz", ""]);

  test("gives the same classifier, bit by bit", () => {
    const loaded = FewShotClassifier.load(bytes, model);
    expect(loaded.classify(["abc dba", "xyz", ""])).toEqual(judged);
    expect(loaded.labels).toEqual(classifier.labels);
    expect(loaded.evidence).toEqual(classifier.evidence);
    expect(loaded.save()).toEqual(bytes);
  });

  test("a flipped bit in any byte, and a cut anywhere, is found out", () => {
    const random = uniform(9);
    for (let at = 0; at < bytes.length; at += at < 400 ? 1 : 97) {
      const changed = bytes.slice();
      changed[at] ^= 1 << (Math.floor(Math.abs(random()) * 8) % 8);
      expect(() => FewShotClassifier.load(changed, model)).toThrow(ModelFileError);
      expect(() => FewShotClassifier.load(bytes.subarray(0, at), model)).toThrow(ModelFileError);
    }
  });

  test("another encoder is refused, of other sizes and of the same ones", () => {
    const load = (other: TextModel) => () => FewShotClassifier.load(bytes, other);
    const files = tinyModel();
    const [[name, weights]] = files.weights;
    const { tensors } = decodeSafetensors(weights);
    const other = Array.from(tensors, ([key, tensor]) => {
      const data = toFloat32(tensor, key, name).map((value, i) => value * (1 + 0.3 * (i % 2)));
      return [key, fromFloat32(tensor.shape, data)] as const;
    });
    const changed = { ...files, weights: new Map([[name, encodeSafetensors(other)]]) };
    expect(load(loadEncoder(changed))).toThrow(
      "it was made with another encoder, of the same sizes",
    );
    expect(load({} as never)).toThrow(/FewShotClassifier.load: model is/);
    expect(() => FewShotClassifier.load("bytes" as never, model)).toThrow(TypeError);
  });

  test("what is sealed again is checked field by field", () => {
    const labelled = 16 + 4 + (4 + 2 * "end".length) + (4 + 2 * "start".length);
    const cases: [number, number, string][] = [
      [labelled, 0, "maxTokens is 0"],
      [labelled + 4, 0, "batchSize is 0"],
    ];
    for (const [at, value, message] of cases) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(at, value, true);
      const sealed = new DataView(changed.buffer);
      sealed.setUint32(bytes.length - 4, crc32(changed.subarray(0, -4)), true);
      expect(() => FewShotClassifier.load(changed, model)).toThrow(message);
    }
  });
});
