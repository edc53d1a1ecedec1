// Every public function and constructor that takes options, or data by name, with all of its names.
import * as bounds from "../../src/bounds.js";
import * as federated from "../../src/federated.js";
import * as generative from "../../src/generative.js";
import * as core from "../../src/index.js";
import { ParallelEncoder } from "../../src/lora/parallel-encoder.js";
import { ParallelFinetuning } from "../../src/lora/parallel-finetuning.js";
import * as lora from "../../src/lora.js";
import * as theory from "../../src/theory.js";
import { ThreadPool } from "../../src/threads.js";
import { tinyModel } from "./text-models.js";

const { Matrix } = core;
type Fields = Record<string, unknown>;
export interface Row {
  /** What messages call the function. */
  name: string;
  /** All options, those that must be given first. */
  all: Fields;
  required: readonly string[];
  /** What messages call them. */
  what: string;
  call(options: never): unknown;
}

/** All of them. */
export const rows: Row[] = [];
function row(
  name: string,
  required: Fields,
  optional: Fields,
  call: (options: never) => unknown,
  what = "options",
): void {
  const all = { ...required, ...optional };
  rows.push({ name, all, required: Object.keys(required), what, call });
}

const A = Matrix.from([
  [2, 1, 0],
  [1, 3, 1],
  [0, 1, 4],
]);
const problem = core.factorization(A);
const triplets = {
  ...{ rows: 3, cols: 2, rowIndices: [0, 1, 2, 2], colIndices: [0, 1, 0, 1], values: [1, 2, 3, 4] },
};
const observations = {
  rowIds: ["a", "a", "b", "b", "c"],
  colIds: ["x", "y", "x", "z", "y"],
  values: [5, 4, 4, 1, 5],
};
const model = core.completeMatrix(observations);
const wide = () => core.deepFactorization({ shape: A, scale: 0.3 });
const last = (run: Iterable<unknown>) => [...run].at(-1);

row("matmul", {}, { transposeA: true, transposeB: true, out: Matrix.zeros(3, 3) }, (options) =>
  core.matmul(A, A, options).copy(),
);
row("packMatrix", {}, { transpose: true }, (options) =>
  core.matmul(A, core.packMatrix(A, options)),
);
row("Matrix.from", {}, { dtype: "f32" }, (options) => Matrix.from([[1, 2]], options));
row("Matrix.fromColumns", {}, { dtype: "f32" }, (options) => Matrix.fromColumns([[1]], options));
row("Matrix.zeros", {}, { dtype: "f32" }, (options) => Matrix.zeros(2, 2, options));
row("Matrix.identity", {}, { dtype: "f32" }, (options) => Matrix.identity(2, 2, options));
row("Matrix.randomNormal", {}, { seed: 3, dtype: "f32" }, (o) => Matrix.randomNormal(2, 2, o));
row("SparseMatrix.fromTriplets", triplets, {}, core.SparseMatrix.fromTriplets, "entries");
row("svd", {}, { method: "jacobi", vectors: true, full: true }, (options) => core.svd(A, options));
row("slice", {}, { rows: [0, 2], cols: [1, 3] } as const, (options) => core.slice(A, options));
row("variances", {}, { ddof: 1 }, (options) => core.variances(A, "columns", options));
row("nullSpace", {}, { tolerance: 1e-3 }, (options) => core.nullSpace(A, options));
row("eigh", {}, { vectors: true }, (options) => core.eigh(A, options));
row("qr", { pivoting: true }, { tolerance: 1e-3 }, (options) => core.qr(A, options));
row("householderQr", { pivoting: true }, { tolerance: 1e-3 }, (options) => {
  const { R, rank } = core.householderQr(A, options) as core.PivotedHouseholderQR;
  return { R, rank };
});
row("lstsq", {}, { tolerance: 1e-3 }, (options) => core.lstsq(A, A, options));
row("rank", {}, { tolerance: 1e-3 }, (options) => core.rank(A, options));
row("pinv", {}, { tolerance: 1e-3 }, (options) => core.pinv(A, options));
row(
  "randomizedSvd",
  { rank: 2 },
  {
    ...{ seed: 1, oversampling: 1, powerIterations: 1, dtype: "f64" },
    ...{ tolerance: undefined, maxRank: undefined },
  },
  (options) => core.randomizedSvd(A, options),
);
row(
  "StreamingSvd",
  { cols: 3, rank: 1 },
  { seed: 1, rangeSize: 2, coreSize: 4, dtype: "f64" },
  (options) => {
    const stream = new core.StreamingSvd(options);
    stream.append(A);
    return stream.svd();
  },
);
row("interpolative", { rank: 2 }, {}, (options) => core.interpolative(A, options));
row("cur", { rank: 2 }, {}, (options) => core.cur(A, options));
row("nystrom", { landmarks: 2 }, { seed: 1 }, (options) => core.nystrom(A, options));
row("truncatedSvd", { components: 2 }, { seed: 1 }, (options) =>
  core.truncatedSvd(A, options).transform(A),
);
row("nmf", { components: 2 }, { tolerance: 1e-3, maxIterations: 9, seed: 1 }, (options) =>
  core.nmf(A, options),
);
row("robustPca", {}, { lambda: 0.4, tolerance: 1e-3, maxIterations: 9 }, (options) =>
  core.robustPca(A, options),
);
row("tfidf", {}, { idf: [1, 2] }, (options) =>
  core.tfidf(core.SparseMatrix.fromTriplets(triplets), options),
);
row(
  "pca",
  {},
  { components: 2, variance: undefined, whiten: true, center: true, scale: true, seed: 1 },
  (options) => core.pca(A, options).transform(A),
);
row(
  "StreamingPca",
  { cols: 3 },
  { components: 2, variance: undefined, whiten: true, scale: true, dtype: "f64" },
  (options) => {
    const stream = new core.StreamingPca(options);
    stream.append(A);
    return stream.pca().components;
  },
);
row("completion", triplets, {}, (data) => core.completion(data).density, "entries");
/** The threshold goes with another loss only. */
const optionalOfLoss = { seed: 1, threshold: undefined };
row(
  "completion",
  { loss: "medianOfMeans", blocks: 2 } as const,
  optionalOfLoss,
  (options) => core.completion(triplets, options).density,
);
row(
  "sensing",
  { loss: "medianOfMeans", blocks: 1 } as const,
  optionalOfLoss,
  (options) => core.sensing({ operators: [A], measurements: [1] }, options).density,
);
row("holdOut", {}, { share: 0.5, seed: 1 }, (options) => core.holdOut(triplets, options));
row("holdOut", triplets, {}, (data) => core.holdOut(data), "entries");
row(
  "sensing",
  { operators: [A], measurements: [1] },
  {},
  (data) => core.sensing(data).density,
  "data",
);
row(
  "deepFactorization",
  { shape: A },
  { depth: 2, scale: 0.1, width: 4, initialization: "haar", seed: 1, dtype: "f64" },
  (options) => core.deepFactorization(options).product(),
);
row("spectralCompress", { rank: 1 }, { width: 2, depth: 2, scale: 0.1, dtype: "f64" }, (options) =>
  core.spectralCompress(problem, options).product(),
);
row("compress", { rank: 1 }, { width: 4, exact: true }, (options) =>
  core.compress(wide(), problem, options).product(),
);
const interrupted = core.train(wide(), problem, { steps: 9 });
for (let i = 0; i < 3; i++) interrupted.next();
row(
  "train",
  { steps: 3 },
  {
    ...{ optimizer: core.gd(), outerLearningRateRatio: undefined, learningRateRatios: [1, 2, 1] },
    ...{ schedule: core.constantRate(0.01), tolerance: 1e-9, validation: problem, patience: 2 },
    checkpoint: interrupted.checkpoint(),
  },
  (options) => last(core.train(wide(), problem, options)),
);
row(
  "fitLowRank",
  { steps: 3 },
  {
    ...{ maxRank: 2, optimizer: core.scaledGd(), depth: 2, scale: 0.1 },
    ...{ tolerance: 1e-9, seed: 1, dtype: "f64" },
  },
  (options) => last(core.fitLowRank(problem, options)),
);
const { rows: _rows, cols: _cols, ...observed } = triplets;
row("OnlineCompletion", { rank: 1 }, { ridge: 0.2, seed: 2 }, (options) => {
  const online = new core.OnlineCompletion(options);
  online.update(observed);
  return online.svd();
});
row("OnlineCompletion.from", {}, { rank: 1, ridge: 0.2, seed: 2 }, (options) =>
  core.OnlineCompletion.from(core.svd(Matrix.zeros(3, 2)), triplets, options).svd(),
);
row(
  "OnlineCompletion.update",
  observed,
  {},
  (news) => new core.OnlineCompletion({ rank: 1 }).update(news),
  "entries",
);

/** What an optimizer does in a few steps. */
const steps = (optimizer: core.Optimizer) =>
  last(core.train(wide(), problem, { steps: 4, optimizer, schedule: core.constantRate(0.01) }));
row("gd", {}, { learningRate: 0.01, weightDecay: 0.1 }, (options) => steps(core.gd(options)));
row(
  "momentum",
  {},
  { learningRate: 0.01, beta: 0.5, nesterov: true, weightDecay: 0.1 },
  (options) => steps(core.momentum(options)),
);
const adamOptions = { learningRate: 0.01, beta1: 0.5, beta2: 0.7, epsilon: 1e-3, weightDecay: 0.1 };
row("adam", {}, adamOptions, (options) => steps(core.adam(options)));
row("adamw", {}, adamOptions, (options) => steps(core.adamw(options)));
row("scaledGd", {}, { learningRate: 0.01, beta: 0.2, damping: 2 }, (options) =>
  steps(core.scaledGd(options)),
);
for (const decay of [core.linearDecay, core.cosineDecay]) {
  row(decay.name, { learningRate: 1, steps: 10 }, { warmup: 2, final: 0.1 }, (options) =>
    [0, 3, 10].map(decay(options)),
  );
}

const completionOptions = {
  ...{ rank: 1, depth: 1, implicit: false, seed: 1, solver: "adam", steps: 3 },
  ...{
    regularization: 2,
    validationFraction: 0.2,
    ranking: false,
    clip: false,
    duplicates: "mean",
  },
  outliers: "keep",
};
row("completeMatrix", {}, completionOptions, (options) =>
  core.completeMatrix(observations, options).save(),
);
row("fitCompletion", {}, completionOptions, (options) =>
  core.fitCompletion(observations, options).next(),
);
row("completeMatrix", observations, {}, core.completeMatrix, "observations");
const { rowIds, colIds } = observations;
const clicks = { rowIds, colIds };
const rankingOptions = {
  ...{ rank: 1, unobservedWeight: 4, regularization: 0.5, seed: 1 },
  ...{ validationFraction: 0.2, duplicates: "sum", halfLife: 3 },
};
const timed = { ...clicks, times: [1, 2, 3, 4, 5] };
const ranking = core.rankMatrix(clicks, { validationFraction: 0 });
row("rankMatrix", {}, rankingOptions, (options) => core.rankMatrix(timed, options).save());
row("fitRanking", {}, rankingOptions, (options) => {
  const run = core.fitRanking(timed, options);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value.save();
  }
});
row(
  "rankMatrix",
  clicks,
  { weights: [1, 2, 3, 4, 5], times: [1, 2, 3, 4, 5] },
  (given) => core.rankMatrix(given).save(),
  "interactions",
);
row("splitInteractions", {}, { by: "rows", fraction: 0.4, fold: 1, seed: 1 }, (options) =>
  core.splitInteractions(clicks, options),
);
const alphabet = { list: ({ colIds: all }: core.RowToRank) => all };
const chosen = { rowIds: ["a", "c"], colIds: ["z", "x"] };
const evaluation = { cutoffs: [1, 2], groupBounds: [2] };
row("evaluateRanking", {}, evaluation, (options) =>
  core.evaluateRanking(alphabet, { train: clicks, test: chosen }, options),
);
row(
  "evaluateRanking",
  { train: clicks, test: chosen },
  { histories: { rowIds: ["c"], colIds: ["y"] } },
  (split) => core.evaluateRanking(alphabet, split),
  "split",
);
row("calibration", {}, { bins: 1 }, (options) => core.calibration([1, 2, 4], [2, 3, 3], options));
row(
  "recommend",
  {},
  { excludeSeen: false, exclude: ["x"], only: ["y"], diversity: 0.5 },
  (options) => ranking.recommend("a", 1, options),
);
row(
  "update",
  clicks,
  { weights: [1, 2, 3, 4, 5], times: [1, 2, 3, 4, 5] },
  (more) => ranking.update(more).save(),
  "interactions",
);
const described = { ids: ["x", "y"], features: Matrix.from([[1], [2]]) };
row(
  "withFeatures",
  { cols: described },
  { rows: { ...described, ids: ["a", "b"] } },
  (features) => ranking.withFeatures(features).save(),
  "features",
);
row("withFeatures", described, {}, (cols) => ranking.withFeatures({ cols }).save(), "cols");
row("save", {}, { histories: false }, (options) => ranking.save(options));
row("evaluate", {}, { ...evaluation, histories: { rowIds: ["c"], colIds: ["y"] } }, (options) =>
  ranking.evaluate(chosen, options),
);
row("rmse", observations, {}, (data) => model.rmse(data), "observations");
row("baselineRmse", observations, {}, (data) => model.baselineRmse(data), "observations");
row(
  "predictEach",
  { rowIds: ["a"], colIds: ["x"] },
  { values: [1] },
  (places) => model.predictEach(places),
  "places",
);
row(
  "recommend",
  {},
  { excludeRated: false, by: "rating", exclude: ["x"], only: ["y"] },
  (options) => model.recommend("a", 9, options),
);
row("foldIn", {}, { unknown: "none" }, (options) =>
  model.recommend(model.foldIn({ colIds: ["x"], values: [5] }, options), 9),
);
row(
  "foldIn",
  { colIds: ["x"], values: [5] },
  { rowIds: ["new"] },
  (data) => model.recommend(model.foldIn(data), 9),
  "observations",
);

const textModel = lora.loadEncoder(tinyModel());
const examples = [
  { text: "abc", label: 0 },
  { text: "x", label: 1 },
];
const tune = {
  method: new lora.Lora({ rank: 2 }),
  task: { kind: "classification", labels: ["no", "yes"] },
  steps: 2,
} as const;
const plans = (method: lora.Lora | lora.DeepLora) =>
  method instanceof lora.Lora
    ? method.plan(textModel.encoder)
    : new lora.Finetuning(textModel, examples, { ...tune, method }).adapter().layers;
row(
  "Lora",
  {},
  {
    ...{ rank: 2, init: "paper", alpha: 3, rankStabilized: true, targets: ["query"], seed: 1 },
  },
  (options) => plans(new lora.Lora(options)),
);
row(
  "DeepLora",
  { rank: 2 },
  {
    ...{ depth: 2, scale: 0.2, form: "narrow", outerLearningRateRatio: 0.5 },
    ...{ bases: "invariant", gradientExamples: 1, targets: ["query"], seed: 1 },
    published: false,
  },
  (options) => plans(new lora.DeepLora(options)),
);
row("FullFineTuning", {}, {}, (options) => new lora.FullFineTuning(options));
row("HeadOnly", {}, {}, (options) => new lora.HeadOnly(options));
row("loadEncoder", {}, { weightStorage: "int8", dtype: "f64", recompute: true }, (options) =>
  lora.loadEncoder(tinyModel(), options).embed([{ text: "abc" }]),
);
row(
  "embed",
  {},
  { normalize: false, batchSize: 1, maxTokens: 4, prompt: "a", promptName: undefined },
  (options) => textModel.embed([{ text: "abcabc" }], options),
);
const tuned = () => {
  const run = new lora.Finetuning(textModel, examples, tune);
  run.step();
  return run;
};
const resume = tuned().save();
const finetuneOptions = {
  ...{ batchSize: 1, learningRate: 1e-3, warmupShare: 0.5, finalRateShare: 1, trainHead: true },
  ...{
    loss: { labelSmoothing: 0.1 },
    headLearningRate: 1e-3,
    weightDecay: 0.1,
    dropout: true,
    maxTokens: 4,
    seed: 1,
  },
};
row("finetune", tune, { ...finetuneOptions, resume: undefined }, (options) => {
  const run = new lora.Finetuning(textModel, examples, options);
  run.step();
  return run.save();
});
row("finetune", tune, { ...finetuneOptions, resume: undefined }, (options) => [
  ...lora.finetune(textModel, examples, options),
]);
const certified = { task: tune.task, steps: 1 } as const;
const certifyAdapterOptions = {
  ...{ method: "deep-lora", rank: 2, targets: ["query"], trainHead: false, dimension: 4 },
  ...{ levels: 2, choices: 2, batchSize: 1, learningRate: 0.1, tuningSteps: 1, maxTokens: 4 },
  ...{ seed: 1, delta: 0.1 },
};
row("certifyAdapter", certified, certifyAdapterOptions, (options) =>
  lora.certifyAdapter(textModel, examples, options),
);
row("certifyAdapter", certified, certifyAdapterOptions, (options) =>
  lora.adapterCertification(textModel, examples, options).next(),
);
const { file: adapterCertificate } = lora.certifyAdapter(textModel, examples, certified);
row("verifyAdapter", {}, { delta: 0.1, evaluated: 1, seed: 1 }, (options) =>
  lora.verifyAdapter(adapterCertificate, textModel, examples, options),
);
const pairs = [
  { text: "abc", pair: "ab", negative: "x" },
  { text: "mno", pair: "mn", negative: "z" },
];
row(
  "finetune",
  { kind: "triplet" },
  {
    ...{ margin: 0.1, dimensions: [4, 8] },
    ...{ classWeights: undefined, labelSmoothing: undefined, scale: undefined },
  },
  (loss) =>
    new lora.Finetuning(textModel, pairs, { ...tune, task: { kind: "similarity" }, loss }).step(),
  "loss",
);
row("fewShot", {}, { maxTokens: 4, batchSize: 1, seed: 1 }, (options) =>
  lora
    .fewShot(
      textModel,
      ["abc", "abd", "xyz", "wxy"].map((text, i) => ({ text, label: i < 2 ? "a" : "b" })),
      options,
    )
    .classify(["abx"]),
);
row("EarlyStopping", {}, { patience: 1 }, (options) => {
  const stopping = new lora.EarlyStopping(options);
  return stopping.add(1, () => tuned().adapter()) || stopping.add(0, () => tuned().adapter());
});
row("saveAdapter", {}, { rank: 1, baseModel: "base" }, (options) =>
  lora.saveAdapter(tuned().adapter(), options),
);

const rule = { learningRate: 0.05 };
const target = theory.lowRankTarget({ rows: 6, cols: 6, rank: 1, seed: 5 });
const setting = { target, rank: 1, steps: 2, seed: 5 };
const scales = [0.3, 0.1, 0.5];
const settings: [(setting: never) => unknown, Fields, Fields][] = [
  [
    theory.observe,
    { ...setting, scales, rule },
    { initialization: "haar", dtype: "f64", optimizer: core.gd({ learningRate: 0.01 }) },
  ],
  [theory.balanceDrifts, { target, scale: 0.1, time: 0.4, learningRates: [0.2, 0.1], seed: 5 }, {}],
  [theory.findBases, { target, rank: 1, scales, seed: 5 }, {}],
  [theory.runFromGaussian, { ...setting, scale: 0.1, rule }, {}],
  [theory.runMasked, { ...setting, observed: 0.5, scale: 0.1 }, {}],
  [theory.runRecovery, { ...setting, depth: 3, scale: 0.1, learningRate: 0.1 }, {}],
  [
    theory.stepsByOuterRate,
    {
      ...{ ...setting, observed: 0.5, scale: 0.1, learningRate: 0.1, ratios: [1, 2] },
      tolerance: 0.1,
    },
    {},
  ],
  [theory.runRectangular, { rows: 4, cols: 6, rank: 1, scale: 0.3, rule, steps: 2, seed: 5 }, {}],
  [
    theory.runStall,
    { ...setting, scale: 0.1, learningRate: 0.1, epsilon: 1e-6, lossScales: [1] },
    {},
  ],
  [theory.runRotated, { target, scales, rule, steps: 2, seed: 5 }, {}],
  [theory.runOnZeros, { target, scales, rule, steps: 2, seed: 5 }, {}],
];
for (const [call, required, optional] of settings) {
  row(call.name, required, optional, call, "setting");
}
row(
  "runSpectral",
  {
    ...{ target: { rows: 6, cols: 5, rank: 1, seed: 5 }, width: 2, depth: 3, scale: 0.1 },
    ...{ learningRate: 0.05, outerRatio: 2, steps: 3 },
  },
  {},
  theory.runSpectral,
  "setting",
);
row(
  "lowRankTarget",
  { rows: 4, cols: 3, rank: 2, seed: 1 },
  { norm: 3, condition: 2 },
  theory.lowRankTarget,
);
row(
  "reducedRun",
  { target: Matrix.identity(2), scales, passiveDimension: 2, rule },
  {},
  (given) => theory.reducedRun(given).next(),
  "problem",
);
row(
  "ThreadPool.create",
  { threads: 1 },
  { workerUrl: undefined },
  // The next option that is read is the last thing before workers start.
  (options) => ThreadPool.create(options).then((pool) => pool.terminate()),
);
row(
  "ParallelFinetuning",
  { ...tune, threads: 0 },
  { ...finetuneOptions, resume, workerUrl: undefined },
  (options) => ParallelFinetuning.create(textModel, examples, options),
);
row(
  "ParallelEncoder",
  {},
  { threads: 0, maxTokens: 9, adapter: undefined, workerUrl: undefined },
  (options) => ParallelEncoder.create(textModel, options),
);

const evidence = { error: 0.1, nats: 100, samples: 5000 };
for (const bound of [bounds.catoni, bounds.klInverse, bounds.mcallester, bounds.occam]) {
  row(bound.name, evidence, { delta: 0.01 }, bound);
}
row(
  "boundedRange",
  { loss: 0.1, range: 1, nats: 100, samples: 5000 },
  { evaluated: 20, delta: 0.01 },
  bounds.boundedRange,
);
const labelled = { inputs: A, labels: [0, 1, 0] };
const certifyOptions = {
  ...{ biases: true, update: "lora", map: "kronecker", dimension: 1, rank: 1, depth: 1 },
  ...{ ranges: [], bases: "seed", payForBases: false, splitShare: 0.4, start: new Float32Array(8) },
  ...{ levels: 2, codebook: "uniform", choices: 2, seed: 1, steps: 2, batchSize: 2 },
  ...{ learningRate: 0.1, tuningSteps: 2, tuningRate: 0.1, codebookRate: 0.1, delta: 0.1 },
};
row("certify", { sizes: [3, 2] }, certifyOptions, (options) => bounds.certify(labelled, options));
row("certify", { sizes: [3, 2] }, certifyOptions, (options) =>
  bounds.certification(labelled, options).next(),
);
const certificate = bounds.certify(labelled, { sizes: [3, 2], dimension: 1, steps: 2 }).file;
row("verifyCertificate", {}, { start: undefined, delta: 0.1 }, (options) =>
  bounds.verifyCertificate(certificate, labelled, options),
);
row(
  "verifyCertificate",
  labelled,
  {},
  (samples) => bounds.verifyCertificate(certificate, samples),
  "samples",
);
row(
  "projector",
  { size: 30, dimension: 4 },
  { seed: 1, kind: "film", ranges: [[2, 9]] },
  (options) => bounds.projector(options).apply(Float64Array.of(1, 2, 3, 4)),
);

const air = { dimension: 64, sparsity: 2 };
const code = { seed: 1, sequences: 8, codeLength: 64, spreading: 8 };
const gradient = Float64Array.from({ length: 64 }, (_, i) => (i === 9 ? 3 : i / 100));
row("PolarAirWorker", air, code, (options) =>
  new federated.PolarAirWorker(options).encode(gradient),
);
row(
  "PolarAirServer",
  air,
  { ...code, candidates: 4, listSize: 8, rounds: 3 },
  (options) => new federated.PolarAirServer(options).shape,
);
row("gaussianChannel", { power: 10 }, { seed: 1, noise: 0.5 }, (options) =>
  federated.gaussianChannel(options).transmit([A]),
);

const { FeedForward, ReluGenerator } = generative;
const networkOptions = { biases: false, output: "relu", dtype: "f64" };
row("FeedForward", { sizes: [2, 3] }, networkOptions, (options) => {
  const { sizes, biases, output, dtype } = new FeedForward(options);
  return [sizes, biases, output, dtype];
});
row("start", {}, { seed: 4, mode: "fan-out" }, (options) =>
  new FeedForward({ sizes: [3, 2] }).start(options),
);
row(
  "ReluGenerator.random",
  { sizes: [2, 3] },
  { ...networkOptions, seed: 4, biases: true, output: "linear", dtype: "f32" },
  (options) => ReluGenerator.random(options).parameters,
);
const generator = ReluGenerator.random({ sizes: [2, 6], seed: 4 });
row(
  "ReluGenerator.fromSafetensors",
  {},
  { output: "relu", dtype: "f64", source: "a.safetensors" },
  (options) => ReluGenerator.fromSafetensors(generator.toSafetensors(), options).network,
);
row("medianOfMeans", { blocks: 2 }, { form: "min" }, generative.medianOfMeans);
row(
  "recover",
  { operator: Matrix.randomNormal(4, 6, { seed: 1 }), measurements: [1, -1, 1, 1], generator },
  {
    ...{ kind: "sign", loss: generative.medianOfMeans({ blocks: 2 }), steps: 4, tolerance: 1e-3 },
    ...{ optimizer: core.adam({ learningRate: 0.1 }), restarts: 1, averaged: 2, seed: 3 },
    ...{ negationCheck: true, start: [1, 2] },
  },
  (options) => [...generative.recover(options)],
);
row("weightDistributionDeviation", {}, { pairs: 3, climbs: 4, seed: 5 }, (options) =>
  generative.weightDistributionDeviation(A, options),
);
