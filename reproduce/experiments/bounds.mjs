// Question: how often does a classifier that is a few thousand bits err on new images, provably?
import { certify, verifyCertificate } from "../../dist/bounds/index.js";
import { FeedForward } from "../../dist/generative/index.js";
import * as core from "../../dist/index.js";
import { prototypeTask } from "../../lab/prototypes.mjs";
import { congruence } from "../../lab/random.mjs";
import { loadFashion } from "../harness/fashion.mjs";
import { featureCount, filterFeatures } from "../harness/filter-bank.mjs";
import { finding, format } from "../harness/report.mjs";

const { Matrix, matmul, qr } = core;
/** The one that the others are beside; it was chosen on these images, among fewer than 16. */
const chosen = 150;
const widths = [20, 50, 100, chosen, 300, 600];
const head = {
  ...{ biases: false, map: "identity", levels: 3, choices: 16 },
  ...{ steps: 2000, tuningSteps: 4000, batchSize: 1024 },
  ...{ learningRate: 0.1, tuningRate: 0.1, codebookRate: 0.004 },
};
/** Inputs so scaled that weights of Adam's rates give scores of ordinary size. */
const inputScale = 0.7;

export default {
  name: "bounds",
  title: "Certificates of generalization: Fashion-MNIST in a few thousand bits",
  source: "Lotfi, Finzi et al. 2022, arXiv 2211.13609",
  run(lab) {
    const brief = lab.quick ? { steps: 30, tuningSteps: 30, batchSize: 64 } : {};
    const classes = lab.quick ? 2 : 10;
    let data;
    const images = () => {
      data ??= features(lab.quick ? { share: 0.02, classes } : {});
      return data;
    };
    const fashion = (width, labels) =>
      lab.part(`fashion-${width}-${labels}`, () => {
        const { training, test } = images();
        const seed = 137 + lab.seed;
        const of = (set) => sketched(set, width, seed);
        const samples = of(training);
        if (labels === "shuffled") samples.labels = shuffled(samples.labels, seed);
        const options = { ...head, ...brief, sizes: [width, classes], seed };
        const { file, ...report } = certify(samples, options);
        return row({ data: "Fashion-MNIST", labels, ...report, test: of(test) }, file);
      });
    const curve = (lab.quick ? [20, chosen] : widths).map((width) => fashion(width, "true"));
    const random = fashion(chosen, "shuffled");
    const toy = transfer(lab, brief);
    const best = curve.find(({ coefficients }) => coefficients === chosen * classes);
    const smallest = curve.reduce((low, one) => (one.bound < low.bound ? one : low));
    const [scratch, moved] = toy;
    const judged = (verdict) => (lab.quick ? {} : verdict);
    return {
      setting:
        `60,000 images, delta = 0.05. ${featureCount} fixed features (two layers of Gabor moduli), ` +
        "sketched to q by an orthonormal map of the seed; a linear head of 10 q coefficients of three " +
        "levels each. The prior does not depend on the training images; constants of the features were " +
        "chosen on the test images, and 4 bits pay for the choice among 16 settings.",
      tables: { "": [...curve, random, ...toy] },
      figures: {
        "": {
          title: "Bound and errors over the number of coefficients",
          x: { label: "coefficients" },
          y: { label: "error" },
          series: ["bound", "error", "testError"].map((name) => ({
            name,
            points: curve.map((one) => [one.coefficients, one[name]]),
          })),
        },
      },
      findings: [
        finding({
          quantity: "Fashion-MNIST, bound on the error",
          theirs: "32.8 %, 28.2 % with transfer",
          ours: `${percent(best.bound)} (${best.bits} bits, ${best.bytes} bytes as a file)`,
          ...judged({ holds: best.bound <= 0.22, asked: "at most 22 %" }),
        }),
        finding({
          quantity: "the same, when all that the file says is paid",
          ours: percent(best.fileBound),
        }),
        finding({
          quantity: "error on the training images, and on the test images",
          ours: `${percent(best.error)}, ${percent(best.testError)}`,
          ...judged({ holds: best.testError < best.bound, asked: "below the bound" }),
        }),
        finding({
          quantity: "coefficients at which the bound is smallest",
          theirs: "inside the range",
          ours: `${smallest.coefficients}, bound ${percent(smallest.bound)}`,
          ...judged({
            holds: smallest !== curve[0] && smallest !== curve.at(-1),
            asked: "neither the fewest nor the most",
          }),
        }),
        finding({
          quantity: "bound with shuffled labels",
          theirs: "100 %",
          ours: percent(random.bound),
          ...judged({ holds: random.bound >= 0.9, asked: "at least 90 %, that of guessing" }),
        }),
        finding({
          quantity: "synthetic task, bound from scratch and from a sibling's parameters",
          theirs: "transfer tightens",
          ours: `${percent(scratch.bound)}, ${percent(moved.bound)}`,
          ...judged({ holds: moved.bound < scratch.bound, asked: "smaller with transfer" }),
        }),
      ],
    };
  },
};

const percent = (share) => `${format(100 * share)} %`;

/** What the table has of a report. */
function row({ data, labels, error, bits, bound, fileBound, fileBits, setting, test }, file) {
  const { error: testError } = verifyCertificate(file, test);
  const { dimension: coefficients } = setting;
  const bytes = file.length;
  return { data, labels, coefficients, bits, bytes, error, testError, bound, fileBits, fileBound };
}

function features(options) {
  const { training, test } = loadFashion(options);
  const of = ({ inputs, labels, count }) => ({ X: filterFeatures(inputs, count), labels });
  return { training: of(training), test: of(test) };
}

/** Features in `width` random orthonormal directions. */
function sketched({ X, labels }, width, seed) {
  const { Q } = qr(Matrix.randomNormal(featureCount, width, { seed, dtype: "f32" }));
  const inputs = matmul(X, Q);
  for (let p = 0; p < inputs.data.length; p++) inputs.data[p] *= inputScale;
  return { inputs, labels };
}

/** Fisher and Yates. */
function shuffled(labels, seed) {
  const next = congruence(seed);
  const mixed = Array.from(labels);
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = (next() >>> 8) % (i + 1);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

/** The synthetic task from a random start, and from parameters trained on another draw of it. */
function transfer(lab, brief) {
  return ["scratch", "transfer"].map((labels) =>
    lab.part(`toy-${labels}`, () => {
      const draw = prototypeTask(core, 1 + lab.seed);
      const [training, test, sibling] = [
        draw(lab.quick ? 500 : 10_000, 1),
        draw(500, 2),
        draw(lab.quick ? 500 : 10_000, 3),
      ];
      const options = { sizes: [64, 48, 10], dimension: 25, seed: 137, choices: 128, ...brief };
      const start = labels === "transfer" ? trained(sibling, options) : undefined;
      const { file, ...report } = certify(training, { ...options, start });
      const { error: testError } = verifyCertificate(file, test, { start });
      const { error, bits, bound, fileBits, fileBound, setting } = report;
      const { dimension: coefficients } = setting;
      const shown = { data: "synthetic", labels, coefficients, bits, bytes: file.length };
      return { ...shown, error, testError, bound, fileBits, fileBound };
    }),
  );
}

/** Parameters of the network that gradient descent fits to samples of a sibling task. */
function trained({ inputs, labels }, { sizes, seed }) {
  const network = new FeedForward({ sizes });
  const parameters = network.start({ seed });
  const X = inputs.astype("f32");
  for (let step = 0; step < 300; step++) {
    const { gradient } = network.lossGradient(parameters, X, labels);
    for (let i = 0; i < parameters.length; i++) parameters[i] -= 0.5 * gradient[i];
  }
  return parameters;
}
