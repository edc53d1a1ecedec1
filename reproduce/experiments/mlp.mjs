// Question: does a network classify as well when its deep linear block is compressed, in half the
// time?
import { Matrix } from "../../dist/index.js";
import { processorMilliseconds } from "../../lab/processor-time.mjs";
import { median } from "../../lab/statistics.mjs";
import { loadFashion } from "../harness/fashion.mjs";
import { accuracy, createMlp, parameterCount, trainStep } from "../harness/mlp.mjs";
import { finding, format } from "../harness/report.mjs";

const pixels = 784;
const classes = 10;
/** Two epochs are then the 1,250 steps of their figure. */
const batch = 96;
const firstRate = 1e-3;
/**
 * Rates of the linear block that are tried, over that of the other layers. An Adam step moves a
 * w x w factor by up to its rate times w, so that a narrow one asks for a greater rate.
 */
const rateFactors = [0.1, 0.3, 1, 3, 10, 30];
/** Training images of each class that the search is judged by, and the seed of its networks. */
const heldOutPerClass = 1000;
const searchSeed = 1000;

/** Layers of the three networks: without the linear block, with it, with it compressed. */
function networks(width, narrow) {
  const first = { inputs: pixels, outputs: width, relu: true };
  const last = { inputs: width, outputs: classes, last: true };
  const linear = (inputs, outputs) => ({ inputs, outputs, block: true });
  return {
    original: [first, last],
    "with linear block": [first, ...[0, 1, 2].map(() => linear(width, width)), last],
    "block compressed": [
      ...[first, linear(width, narrow), linear(narrow, narrow), linear(narrow, width), last],
    ],
  };
}

export default {
  name: "mlp",
  title: "A perceptron with a compressed deep linear block, on Fashion-MNIST",
  source: "EC, figure of the multilayer perceptron (FashionMNIST_Accs)",
  run(lab) {
    const [width, narrow, epochs] = lab.quick ? [32, 8, 1] : [512, 20, 2];
    const kinds = networks(width, narrow);
    const seeds = Array.from({ length: lab.quick ? 1 : 5 }, (_, i) => lab.seed + i);
    let data;
    const images = () => {
      data ??= loadFashion(lab.quick ? { share: 0.05, classes: 2 } : {});
      return data;
    };
    let parts;
    const searchImages = () => {
      parts ??= heldOut(images().training, lab.quick ? 50 : heldOutPerClass);
      return parts;
    };
    const [full, compressed] = ["with linear block", "block compressed"];
    const factors = lab.quick ? [1] : rateFactors;
    const search = [full, compressed].flatMap((kind) =>
      factors.map((factor) => {
        const { epochs: results } = lab.part(`search-${kind}-${factor}`, (kept, keep) =>
          trainNetwork(lab, {
            ...{ kept, keep, layers: kinds[kind], seed: searchSeed + lab.seed, epochs },
            ...{ kind: `${kind}, rate x ${factor}`, factor, images: searchImages() },
          }),
        );
        return { kind, factor, accuracy: results.at(-1).accuracy };
      }),
    );
    const chosen = (kind) =>
      search
        .filter((row) => row.kind === kind)
        .reduce((best, row) => (row.accuracy > best.accuracy ? row : best), {
          factor: 1,
          accuracy: 0,
        }).factor;
    // Seed by seed, so that the three are timed side by side.
    const runs = seeds.flatMap((seed) =>
      Object.entries(kinds).map(([kind, layers]) => {
        const factor = chosen(kind);
        return {
          ...{ seed, kind },
          ...lab.part(`${kind}-${factor}-${seed}`, (kept, keep) =>
            trainNetwork(lab, { kept, keep, layers, seed, epochs, kind, factor, images: images() }),
          ),
        };
      }),
    );
    const of = (kind) => runs.filter((run) => run.kind === kind);
    const points = (kind) => of(kind).map(({ epochs }) => 100 * epochs.at(-1).accuracy);
    const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const gaps = points(compressed).map((value, i) => value - points(full)[i]);
    const times = of(compressed).map(
      ({ secondsPerEpoch }, i) => secondsPerEpoch / of(full)[i].secondsPerEpoch,
    );
    const counts = Object.fromEntries(
      Object.entries(kinds).map(([kind, layers]) => [kind, parameterCount(createMlp(layers, 0))]),
    );
    const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - mean(gaps)) ** 2)));
    return {
      setting:
        `${pixels}-${width}-ReLU-(linear ${width}-${width}-${width}-${width})-${classes}, the ` +
        `block compressed to ${width}-${narrow}-${narrow}-${width}; Adam, rate 1e-3 decaying to ` +
        `0 over ${epochs} epochs of batches of ${batch}, f32, semi-orthogonal start; the block's rate ` +
        `is ${chosen(full)} times that of the other layers, the compressed block's ` +
        `${chosen(compressed)} times: the best of ${factors.join(", ")} on ` +
        `${classes * heldOutPerClass} training images that the search does not train on. Then 60,000 ` +
        `images to train and 10,000 to test; ${seeds.length} seeds. Their hyperparameters are not ` +
        "known.",
      tables: {
        "": runs.flatMap(({ seed, kind, epochs, secondsPerEpoch }) =>
          epochs.map(({ epoch, accuracy, loss }) => ({
            ...{ seed, kind, epoch, accuracy, loss, secondsPerEpoch },
          })),
        ),
        search,
      },
      figures: {
        "": {
          title: "Test accuracy over the epochs, mean of the seeds",
          x: { label: "epoch" },
          y: { label: "accuracy, %" },
          series: Object.keys(kinds).map((kind) => ({
            ...{ name: kind, dots: true },
            points: of(kind)[0].epochs.map(({ epoch }, i) => [
              epoch,
              100 * mean(of(kind).map((run) => run.epochs[i].accuracy)),
            ]),
          })),
        },
      },
      findings: [
        finding({
          quantity: "test accuracy, compressed less uncompressed, mean over the seeds, in points",
          theirs: "~-0.1 (90.1 and 90.2 %)",
          ours:
            `${mean(gaps).toFixed(2)} ± ${deviation.toFixed(2)} ` +
            `(${mean(points(compressed)).toFixed(2)} and ${mean(points(full)).toFixed(2)} %)`,
          ...(lab.quick ? {} : { holds: Math.abs(mean(gaps)) <= 0.3, asked: "within 0.3" }),
          remarks: `without any block ${mean(points("original")).toFixed(2)} %`,
        }),
        finding({
          quantity: "processor time of an epoch, compressed over uncompressed, median",
          theirs: "~115 s / 260 s = ~0.44",
          ours: `${format(median(times))}`,
          ratio: median(times) / 0.44,
          ...(lab.quick ? {} : { holds: median(times) <= 0.5, asked: "at most 0.5" }),
          remarks: `parameters: ${Object.values(counts).join(", ")}`,
        }),
      ],
    };
  },
};

/** Trains by epochs; kept between them. */
function trainNetwork(lab, { kept, keep, layers, seed, epochs, kind, factor, images }) {
  const { training, test } = images;
  const network = createMlp(layers, seed);
  if (kept) restore(network, kept.state);
  const results = kept?.results ?? [];
  let seconds = kept?.seconds ?? 0;
  const perEpoch = Math.floor(training.count / batch);
  for (let epoch = results.length; epoch < epochs; epoch++) {
    const order = shuffled(training.count, 10_000 * (seed + 1) + epoch);
    const start = processorMilliseconds();
    let loss = 0;
    for (let b = 0; b < perEpoch; b++) {
      const { X, labels } = gather(training, order.subarray(b * batch, (b + 1) * batch));
      const rate = firstRate * (1 - (epoch * perEpoch + b) / (epochs * perEpoch));
      loss +=
        trainStep(
          network,
          X,
          labels,
          layers.map(({ block }) => (block ? factor * rate : rate)),
        ) / perEpoch;
    }
    seconds += (processorMilliseconds() - start) / 1000;
    results.push({ epoch: epoch + 1, loss, accuracy: accuracy(network, test) });
    lab.show(`${kind}, seed ${seed}`, epoch + 1, epochs);
    keep(() => ({ results, seconds, state: snapshot(network) }));
  }
  return { epochs: results, secondsPerEpoch: seconds / epochs };
}

/** Training images, which lie class by class, in two parts: the last `perClass` of each class test. */
function heldOut(images, perClass) {
  const each = images.count / new Set(images.labels).size;
  const all = Array.from({ length: images.count }, (_, i) => i);
  const take = (wanted) => {
    const { X, labels } = gather(images, all.filter(wanted));
    return { inputs: X.data, labels, count: X.rows };
  };
  return {
    training: take((i) => i % each < each - perClass),
    test: take((i) => i % each >= each - perClass),
  };
}

const snapshot = ({ weights, biases, moments, steps }) => ({
  ...{ weights: weights.map((W) => W.data), biases, moments, steps },
});

function restore(network, { weights, biases, moments, steps }) {
  network.weights.forEach((W, l) => {
    W.data.set(weights[l]);
  });
  Object.assign(network, { biases, moments, steps });
}

/** 0 .. count - 1 in an order of the seed. */
function shuffled(count, seed) {
  const keys = Matrix.randomNormal(1, count, { seed }).data;
  return Uint32Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
}

function gather({ inputs, labels }, indices) {
  const X = new Float32Array(indices.length * pixels);
  indices.forEach((index, i) => {
    X.set(inputs.subarray(index * pixels, (index + 1) * pixels), i * pixels);
  });
  return {
    X: new Matrix(indices.length, pixels, X),
    labels: Uint8Array.from(indices, (i) => labels[i]),
  };
}
