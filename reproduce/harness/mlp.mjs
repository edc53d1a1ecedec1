// A multilayer perceptron in f32 on the package's matmul: ReLU after some layers, softmax and
// cross-entropy at the end, Adam. Blocks of examples are the rows of matrices.
import { Matrix, matmul, qr } from "../../dist/index.js";

const dtype = "f32";
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/**
 * @param layers - { inputs, outputs, relu } from the first to the last.
 * @param seed - of the semi-orthogonal initial weights; biases start at zero and linear layers
 * inside the network have none.
 */
export function createMlp(layers, seed) {
  const weights = layers.map(({ inputs, outputs }, l) => {
    const [tall, thin] = [Math.max(inputs, outputs), Math.min(inputs, outputs)];
    const { Q } = qr(Matrix.randomNormal(tall, thin, { seed: 100 * seed + l, dtype }));
    return outputs >= inputs ? Q : Q.transpose();
  });
  const biases = layers.map(({ outputs }) => new Float32Array(outputs));
  const parameters = [...weights.map((W) => W.data), ...biases];
  return {
    layers,
    weights,
    biases,
    moments: parameters.map((x) => [new Float32Array(x.length), new Float32Array(x.length)]),
    steps: 0,
  };
}

export const parameterCount = ({ weights, layers }) =>
  weights.reduce((sum, W) => sum + W.data.length, 0) +
  layers.reduce((sum, { outputs, relu, last }) => sum + (relu || last ? outputs : 0), 0);

/** The values after each layer, the input's first; the last ones are scores of the classes. */
export function forward({ layers, weights, biases }, X) {
  const values = [X];
  layers.forEach(({ relu, last, outputs }, l) => {
    const Y = matmul(values[l], weights[l], { transposeB: true });
    if (relu || last) {
      const bias = biases[l];
      for (let p = 0; p < Y.data.length; p++) {
        const y = Y.data[p] + bias[p % outputs];
        Y.data[p] = relu && y < 0 ? 0 : y;
      }
    }
    values.push(Y);
  });
  return values;
}

/** Mean cross-entropy, and the gradients of weights and biases. */
export function gradients(network, X, labels) {
  const { layers, weights } = network;
  const values = forward(network, X);
  const { loss, gradient } = crossEntropy(values.at(-1), labels);
  const ofWeights = [];
  const ofBiases = [];
  let G = gradient;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { relu, last, outputs } = layers[l];
    if (relu) {
      const Y = values[l + 1].data;
      for (let p = 0; p < Y.length; p++) if (Y[p] === 0) G.data[p] = 0;
    }
    ofBiases[l] = new Float32Array(outputs);
    if (relu || last) {
      for (let p = 0; p < G.data.length; p++) ofBiases[l][p % outputs] += G.data[p];
    }
    ofWeights[l] = matmul(G, values[l], { transposeA: true });
    if (l > 0) G = matmul(G, weights[l]);
  }
  return { loss, ofWeights, ofBiases };
}

/** The loss of scores, and its gradient with respect to them. */
function crossEntropy(scores, labels) {
  const { rows, cols } = scores;
  const gradient = Matrix.zeros(rows, cols, { dtype });
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const row = scores.row(i);
    const largest = row.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (const score of row) sum += Math.exp(score - largest);
    loss += (Math.log(sum) + largest - row[labels[i]]) / rows;
    row.forEach((score, j) => {
      const share = Math.exp(score - largest) / sum;
      gradient.set(i, j, (share - (j === labels[i] ? 1 : 0)) / rows);
    });
  }
  return { loss, gradient };
}

/** One step of Adam; `rates` are those of the layers. Returns the loss before it. */
export function trainStep(network, X, labels, rates) {
  const { loss, ofWeights, ofBiases } = gradients(network, X, labels);
  const count = network.layers.length;
  network.steps++;
  const correction = Math.sqrt(1 - beta2 ** network.steps) / (1 - beta1 ** network.steps);
  for (let q = 0; q < 2 * count; q++) {
    const x = q < count ? network.weights[q].data : network.biases[q - count];
    const g = q < count ? ofWeights[q].data : ofBiases[q - count];
    const rate = rates[q % count] * correction;
    const [first, second] = network.moments[q];
    for (let p = 0; p < x.length; p++) {
      first[p] = beta1 * first[p] + (1 - beta1) * g[p];
      second[p] = beta2 * second[p] + (1 - beta2) * g[p] * g[p];
      x[p] -= (rate * first[p]) / (Math.sqrt(second[p]) + epsilon);
    }
  }
  return loss;
}

/** Share of the examples whose greatest score is their class's. */
export function accuracy(network, { inputs, labels, count }) {
  const block = 1000;
  const width = inputs.length / count;
  let right = 0;
  for (let start = 0; start < count; start += block) {
    const rows = Math.min(block, count - start);
    const X = new Matrix(rows, width, inputs.slice(start * width, (start + rows) * width));
    const scores = forward(network, X).at(-1);
    for (let i = 0; i < rows; i++) {
      const row = scores.row(i);
      let best = 0;
      row.forEach((score, j) => {
        if (score > row[best]) best = j;
      });
      if (best === labels[start + i]) right++;
    }
  }
  return right / count;
}
