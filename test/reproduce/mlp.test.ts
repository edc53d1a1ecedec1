import { expect, test } from "vitest";
import { Matrix } from "../../dist/index.js";
import { accuracy, createMlp, gradients, trainStep } from "../../reproduce/harness/mlp.mjs";

const layers = [
  { inputs: 6, outputs: 8, relu: true },
  { inputs: 8, outputs: 3 },
  { inputs: 3, outputs: 8 },
  { inputs: 8, outputs: 4, last: true },
];
const X = Matrix.randomNormal(10, 6, { seed: 1, dtype: "f32" });
const labels = Uint8Array.from({ length: 10 }, (_, i) => i % 4);

test("the perceptron's gradients are those of finite differences", () => {
  const network = createMlp(layers, 3);
  const { ofWeights, ofBiases } = gradients(network, X, labels);
  const check = (parameters: Float32Array, gradient: Float32Array) => {
    for (let p = 0; p < parameters.length; p += 5) {
      const kept = parameters[p];
      const at = (value: number) => {
        parameters[p] = value;
        return gradients(network, X, labels).loss;
      };
      const difference = (at(kept + 0.01) - at(kept - 0.01)) / 0.02;
      parameters[p] = kept;
      expect(Math.abs(difference - gradient[p])).toBeLessThan(2e-3);
    }
  };
  layers.forEach((layer, l) => {
    check(network.weights[l].data as Float32Array, ofWeights[l].data as Float32Array);
    if (layer.relu || layer.last) check(network.biases[l], ofBiases[l]);
  });
});

test("a perceptron learns what it is shown", () => {
  const network = createMlp(layers, 3);
  const rates = layers.map(() => 0.01);
  for (let step = 0; step < 500; step++) trainStep(network, X, labels, rates);
  expect(accuracy(network, { inputs: X.data, labels, count: 10 })).toBe(1);
});
