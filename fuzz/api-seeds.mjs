// A valid call of every public function, to be changed: a name that is missing here is a fault.
import {
  bounds,
  core,
  disk,
  federated,
  generative,
  lora,
  node,
  theory,
  threads,
  tinyModel,
} from "../build/fuzz/sources.mjs";

const { Matrix, SparseMatrix } = core;

// Node has no Cache API. Only its presence is asked of here: no model is kept.
globalThis.caches ??= {};

/** Classes whose objects other functions make, errors, and what starts threads or replaces the kernels. */
const internal =
  /Error$|^(HouseholderQ|Pca|MatrixCompletion|MatrixRanking|RankedRow|DeepLinearNetwork|PackedMatrix|TextModel|FewShotClassifier|ThreadPool|ShardFolder|init|completeShards|fitShardFolder|\w+Parallel)$/;

/** Every public function, by name. */
export const functions = Object.fromEntries(
  Object.entries({
    ...core,
    ...lora,
    ...threads,
    ...node,
    ...disk,
    ...theory,
    ...bounds,
    ...federated,
    ...generative,
  }).filter(([name, value]) => typeof value === "function" && !internal.test(name)),
);

const numbers = (random, length) => Float64Array.from({ length }, () => random.number());
const matrix = (random, rows = random.between(1, 4), cols = random.between(1, 4)) =>
  new Matrix(rows, cols, numbers(random, rows * cols));
/** Symmetric and positive definite. */
const definite = (random, n = random.between(1, 4)) => {
  const A = matrix(random, n, n);
  return Matrix.from(
    A.toArray().map((_, i) =>
      Array.from({ length: n }, (_, j) => A.get(i, j) + A.get(j, i) + (i === j ? 2 * n + 1 : 0)),
    ),
  );
};
const entries = (random) => ({
  ...{ rows: 3, cols: 2, rowIndices: [0, 1, 2, 0], colIndices: [0, 1, 0, 1] },
  values: Array.from(numbers(random, 4)),
});
const observations = (random) => ({
  rowIds: ["a", "a", "b", "c"],
  colIds: ["x", "y", "x", "y"],
  values: Array.from(numbers(random, 4)),
});
const problem = core.factorization(
  Matrix.from([
    [2, 1],
    [1, 3],
  ]),
);
/** A new one per call: training changes it. */
const deep = () => core.deepFactorization({ shape: { rows: 2, cols: 2 }, seed: 0 });
const model = lora.loadEncoder(tinyModel());
const classifier = lora.fewShot(
  model,
  ["abc", "abd", "xyz", "wxy"].map((text, i) => ({ text, label: i < 2 ? "a" : "b" })),
);
const examples = [
  { text: "abc", label: 0 },
  { text: "x", label: 1 },
];
const task = { kind: "classification", labels: ["no", "yes"] };
const tuning = new lora.Finetuning(model, examples, {
  method: new lora.Lora({ rank: 2 }),
  task,
  steps: 1,
});
const adapter = tuning.adapter();
const adapterFiles = lora.saveAdapter(adapter);
const certified = { task, steps: 1, rank: 2, dimension: 4, tuningSteps: 1, learningRate: "usual" };
const { file: adapterCertificate } = lora.certifyAdapter(model, examples, certified);
const certifyAdapterOptions = {
  ...{ ...certified, method: "lora", targets: ["query"], trainHead: true, levels: 3, choices: 2 },
  ...{ batchSize: 2, maxTokens: 16, seed: 1, delta: 0.1 },
};
const clicks = {
  rowIds: ["a", "a", "b", "b", "c", "c"],
  colIds: ["x", "y", "y", "z", "x", "z"],
};
const weights = [1, 2, 1, 1, 1, 3];
const ranking = core.rankMatrix({ ...clicks, weights }, { validationFraction: 0 });
const chosen = { rowIds: ["a", "c"], colIds: ["z", "x"], weights: [1, 2] };
const completed = core.completeMatrix(observations({ number: () => 0.5 }), { steps: 5 });

/** Writes what the functions that read folders are to read, into the folder at work. */
export async function prepareFolders() {
  node.writeFolder("adapter", adapterFiles);
  const { config, tokenizer, weights } = tinyModel();
  node.writeFolder(
    "model",
    new Map([["config.json", config], ["tokenizer.json", tokenizer], ...weights]),
  );
  await disk.shardObservations([{ user: "ann", item: "Alien", rating: 4 }], { out: "shards" });
}

const labels = (random) => [
  random.list(3, 3, () => random.below(2)),
  random.list(3, 3, () => random.below(2)),
];
const pair = (random) => [Array.from(numbers(random, 4)), Array.from(numbers(random, 4))];

const target = theory.lowRankTarget({ rows: 6, cols: 6, rank: 1, seed: 5 });
const rule = { learningRate: 0.1 };
const scales = [0.3, 0.5];
const setting = { target, rank: 1, scales, rule, steps: 4, seed: 5 };
const observed = theory.observe(setting);
const spectral = {
  target: { rows: 6, cols: 5, rank: 1, seed: 5 },
  width: 3,
  depth: 2,
  scale: 0.1,
  learningRate: 0.05,
  outerRatio: 2,
  steps: 4,
};
const rectangular = { rows: 4, cols: 6, rank: 1, scale: 0.3, rule, steps: 4, seed: 5 };
const recovery = { target, rank: 1, depth: 2, scale: 0.05, learningRate: 0.1, steps: 8, seed: 5 };
const symmetric = { target, scales, rule, steps: 4, seed: 5 };
const stall = { target, rank: 1, scale: 1e-3, learningRate: 1e-3, steps: 4, seed: 5 };
const stalled = { ...stall, epsilon: 1e-6, lossScales: [1e-3, 1e-2] };
const evidence = (value) => () => [value];

const labelled = {
  inputs: Matrix.from([
    [2, 1, 0],
    [1, 3, 1],
    [0, 1, 4],
  ]),
  labels: [0, 1, 0],
};
const certifyOptions = {
  ...{ sizes: [3, 2], biases: true, update: "full", map: "kronecker", dimension: 4, depth: 1 },
  ...{ levels: 3, choices: 2, seed: 1, steps: 2, batchSize: 2, tuningSteps: 2, splitShare: 0.4 },
};
const certificate = bounds.certify(labelled, { sizes: [3, 2], dimension: 4, steps: 2 }).file;
const evidenceOfBound = () => [{ error: 0.1, nats: 100, samples: 1000, delta: 0.05 }];

const air = () => [
  { dimension: 64, sparsity: 2, seed: 0, sequences: 8, codeLength: 32, spreading: 4 },
];

const { FeedForward: Network, ReluGenerator: Generator } = generative;
const network = new Network({ sizes: [2, 3], dtype: "f64" });
const generator = Generator.random({ sizes: [2, 4], seed: 1 });

const airWorker = () => new federated.PolarAirWorker(air()[0]);
const airServer = () => new federated.PolarAirServer(air()[0]);

/** The arguments of a valid call, by the function's name. */
export const seeds = {
  DeepLora: () => [
    {
      rank: 2,
      depth: 3,
      scale: 0.1,
      form: "compressed",
      bases: "gradient",
      outerLearningRateRatio: 0.4,
      gradientExamples: 2,
      targets: ["query"],
      seed: 0,
    },
  ],
  FeedForward: () => [{ sizes: [2, 3, 2], biases: true, output: "linear", dtype: "f32" }],
  ReluGenerator: () => [network, network.start({ seed: 1 })],
  absolute: () => [],
  medianOfMeans: () => [{ blocks: 2, form: "min" }],
  recover: (random) => [
    {
      operator: matrix(random, 4, 4),
      ...random.pick([
        { kind: "linear", measurements: numbers(random, 4) },
        { kind: "magnitude", measurements: numbers(random, 4).map(Math.abs) },
        { kind: "sign", measurements: [1, -1, 1, 1] },
      ]),
      generator,
      loss: random.pick([generative.squares(), generative.medianOfMeans({ blocks: 2 })]),
      ...{ optimizer: core.gd({ learningRate: 0.1 }), steps: 3, restarts: 2, averaged: 2 },
      ...{ tolerance: 1e-3, negationCheck: true, start: [1, 2], seed: 0 },
    },
  ],
  squares: () => [],
  weightDistributionDeviation: (random) => [matrix(random), { pairs: 2, climbs: 2, seed: 0 }],
  EarlyStopping: () => [{ patience: 2 }],
  Finetuning: () => [
    model,
    examples,
    {
      method: new lora.HeadOnly(),
      task,
      loss: { kind: "cross-entropy", classWeights: [1, 2], labelSmoothing: 0.1 },
      steps: 1,
      batchSize: 2,
      learningRate: "usual",
      warmupShare: 0.5,
      finalRateShare: 0,
      seed: 0,
      dropout: false,
      maxTokens: 8,
    },
  ],
  FullFineTuning: () => [],
  HeadOnly: () => [],
  Lora: () => [
    { rank: 2, init: "peft", alpha: 4, rankStabilized: false, targets: ["query"], seed: 0 },
  ],
  Matrix: (random) => [2, 3, numbers(random, 6)],
  OnlineCompletion: () => [{ rank: 2 }],
  SparseMatrix: () => [2, 2, Int32Array.of(0, 1, 2), Int32Array.of(0, 1), Float64Array.of(1, 2)],
  StreamingPca: () => [{ cols: 3, components: 2, whiten: false, scale: true, dtype: "f64" }],
  cur: (random) => [matrix(random, 3, 3), { rank: 1 }],
  interpolative: (random) => [matrix(random, 3, 3), { rank: 1 }],
  nmf: (random) => [
    core.mapEntries(matrix(random, 4, 3), Math.abs),
    { components: 2, tolerance: 1e-3, maxIterations: 5, seed: 0 },
  ],
  nystrom: (random) => [definite(random, 3), { landmarks: random.pick([2, [0, 2]]), seed: 0 }],
  procrustes: (random) => [matrix(random, 3, 2), matrix(random, 3, 2)],
  robustPca: (random) => [matrix(random, 4, 3), { lambda: 0.5, tolerance: 1e-3, maxIterations: 5 }],
  tfidf: () => [SparseMatrix.fromTriplets({ ...entries({ number: () => 1 }) }), { idf: [1, 2] }],
  truncatedSvd: (random) => [matrix(random, 4, 3), { components: 2, seed: 0 }],
  pca: (random) => [
    matrix(random, 4, 3),
    random.pick([
      { components: 2, whiten: true, center: true, scale: true, seed: 0 },
      { variance: 0.9 },
    ]),
  ],
  StreamingSvd: () => [{ cols: 3, rank: 2, seed: 0 }],
  accuracy: labels,
  add: (random) => [matrix(random, 2, 3), matrix(random, 2, 3)],
  subtract: (random) => [matrix(random, 2, 3), matrix(random, 2, 3)],
  hadamard: (random) => [matrix(random, 2, 3), matrix(random, 2, 3)],
  innerProduct: (random) => [matrix(random, 2, 3), matrix(random, 2, 3)],
  scale: (random) => [matrix(random), random.number()],
  scaleRows: (random) => [matrix(random, 2, 3), numbers(random, 2)],
  scaleColumns: (random) => [matrix(random, 2, 3), numbers(random, 3)],
  mapEntries: (random) => [matrix(random), Math.abs],
  slice: (random) => [matrix(random, 2, 3), { rows: [0, 1], cols: [1, 3] }],
  viewRows: (random) => [matrix(random, 2, 3), 1, 2],
  hstack: (random) => [[matrix(random, 2, 3), matrix(random, 2, 1)]],
  vstack: (random) => [[matrix(random, 2, 3), matrix(random, 1, 3)]],
  sums: (random) => [matrix(random), "rows"],
  means: (random) => [matrix(random), "columns"],
  variances: (random) => [matrix(random), "columns", { ddof: 0 }],
  center: (random) => [matrix(random)],
  standardize: (random) => [matrix(random)],
  diagonal: (random) => [matrix(random)],
  trace: (random) => [matrix(random, 3, 3)],
  inverse: (random) => [matrix(random, 3, 3)],
  nullSpace: (random) => [matrix(random), { tolerance: 1e-6 }],
  adam: () => [{ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }],
  adamw: () => [{ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
  allocatePower: (random) => [matrix(random, 2, 2), 10],
  boundedRange: () => [
    { loss: 0.2, range: 1, nats: 100, samples: 1000, evaluated: 10, delta: 0.05 },
  ],
  catoni: evidenceOfBound,
  adapterCertification: () => [model, examples, certifyAdapterOptions],
  certification: () => [labelled, certifyOptions],
  certify: () => [labelled, certifyOptions],
  certifyAdapter: () => [model, examples, certifyAdapterOptions],
  cholesky: (random) => [definite(random)],
  clipNorm: () => [core.adam(), 1],
  completeMatrix: (random) => [
    observations(random),
    {
      rank: 1,
      depth: 1,
      implicit: true,
      seed: 0,
      steps: 3,
      regularization: 1,
      validationFraction: 0.25,
      ranking: true,
      clip: true,
      duplicates: "last",
      outliers: "auto",
    },
  ],
  completion: (random) => [entries(random), { loss: "huber", threshold: 0.5 }],
  compress: () => [deep(), problem, { rank: 1 }],
  cond: (random) => [matrix(random), "spectral"],
  constant: () => [0.1],
  constantRate: () => [0.1],
  cosine: () => [{ learningRate: 0.1, steps: 10, final: 0.01 }],
  cosineDecay: () => [{ learningRate: 0.1, steps: 10, final: 0.01 }],
  deepFactorization: () => [{ shape: { rows: 3, cols: 2 }, depth: 2, scale: 0.1, seed: 0 }],
  det: (random) => [definite(random)],
  eigh: (random) => [definite(random), { vectors: true }],
  f1: (random) => [...labels(random), 1],
  factorization: (random) => [matrix(random)],
  exportOnnx: () => [model, adapter],
  fewShot: () => [
    model,
    ["abc", "abd", "xyz", "wxy"].map((text, i) => ({ text, label: i < 2 ? "a" : "b" })),
    { maxTokens: 8, batchSize: 2, seed: 1 },
  ],
  folderCache: () => ["models"],
  pageCache: () => ["models"],
  finetune: () => [
    model,
    examples,
    { method: new lora.Lora({ rank: 2 }), task, steps: 1, batchSize: 2 },
  ],
  fitRanking: () => [
    { ...clicks, weights: [1, 1, 2, 1, -1, 0] },
    {
      ...{ rank: 1, unobservedWeight: 4, regularization: 0.5, seed: 1 },
      ...{ validationFraction: 0.2, duplicates: "sum" },
    },
  ],
  rankMatrix: () => [clicks, { rank: 2, validationFraction: 0 }],
  splitInteractions: (random) => [
    { ...clicks, weights, times: numbers(random, 6) },
    { by: random.pick(["random", "last", "time", "rows"]), seed: 1 },
  ],
  evaluateRanking: (random) => [
    random.pick([
      ranking,
      { scores: ({ colIds }) => colIds.map(() => random.number()) },
      { list: ({ colIds }) => colIds },
    ]),
    { train: { ...clicks, weights }, test: chosen, histories: { rowIds: ["c"], colIds: ["y"] } },
    { cutoffs: [1, 3], groupBounds: [2] },
  ],
  calibration: (random) => [...pair(random), { bins: 2 }],
  mae: pair,
  rmse: pair,
  fitCompletion: (random) => [observations(random), { rank: 1, steps: 3, seed: 0 }],
  fitLowRank: () => [problem, { maxRank: 1, steps: 3, seed: 0 }],
  gd: () => [{ learningRate: 0.1 }],
  gaussianChannel: () => [{ power: 10, noise: 1, seed: 0 }],
  holdOut: (random) => [entries(random), { share: 0.25, seed: 0 }],
  householderQr: (random) => [matrix(random), { pivoting: true }],
  learnedRank: (random) => [numbers(random, 3).map(Math.abs).sort().reverse(), 1e-3],
  klInverse: evidenceOfBound,
  linearDecay: () => [{ learningRate: 0.1, steps: 10, final: 0.01 }],
  loadAdapter: () => [new Map(adapterFiles), "bert", "adapter"],
  loadEncoder: () => [
    { ...tinyModel() },
    { dtype: "f32", weightStorage: "full", recompute: false },
  ],
  logDet: (random) => [definite(random)],
  lstsq: (random) => [matrix(random, 4, 2), matrix(random, 4, 1), { tolerance: 1e-12 }],
  macroF1: labels,
  matmul: (random) => [
    matrix(random, 2, 3),
    matrix(random, 3, 2),
    { transposeA: false, transposeB: false },
  ],
  matthews: labels,
  mcallester: evidenceOfBound,
  mergeAdapter: () => [model, adapter],
  momentum: () => [{ learningRate: 0.1, beta: 0.9 }],
  norm: (random) => [
    matrix(random),
    random.pick(["frobenius", "spectral", "nuclear", "one", "infinity", "max"]),
  ],
  occam: evidenceOfBound,
  PolarAirServer: () => [{ ...air()[0], candidates: 4, listSize: 4, rounds: 3 }],
  openShards: () => ["shards"],
  PolarAirWorker: air,
  packMatrix: (random) => [matrix(random), {}],
  pearson: pair,
  pinv: (random) => [matrix(random), { tolerance: 1e-12 }],
  plainLora: () => [adapter.layers[0], 1],
  projector: () => [{ kind: "dense", size: 9, dimension: 4, seed: 1 }],
  qr: (random) => [matrix(random), { pivoting: false }],
  randomizedSvd: (random) => [
    matrix(random, 4, 4),
    { rank: 2, oversampling: 1, powerIterations: 1, seed: 0 },
  ],
  rank: (random) => [matrix(random), { tolerance: 1e-12 }],
  readAdapterFolder: () => ["adapter"],
  readModelFolder: () => ["model"],
  saveAdapter: () => [adapter, { rank: 1, baseModel: "tiny" }],
  scaledGd: () => [{ learningRate: 0.1, damping: 1e-3 }],
  sensing: (random) => [
    { operators: [matrix(random, 2, 2), matrix(random, 2, 2)], measurements: [1, 2] },
  ],
  readSum: (random) => [numbers(random, 6).map((x) => 1 + Math.abs(x)), 2, 2],
  shardObservations: (random) => [
    [{ user: "ann", item: "Alien", rating: random.number() }],
    { out: "shards", shards: 2, duplicates: "last", force: true },
  ],
  singularValues: () => [adapter.layers[0]],
  smoothedRange: () => [50, 0.1],
  solve: (random) => {
    const A = definite(random);
    return [A, matrix(random, A.rows, 2)];
  },
  spearman: pair,
  spectralCompress: () => [problem, { rank: 1, depth: 2, scale: 0.1 }],
  supportsRelaxedSimd: () => [],
  svd: (random) => [matrix(random), { vectors: true }],
  train: () => [deep(), problem, { steps: 3, optimizer: core.gd({ learningRate: 0.01 }) }],
  unmergeAdapter: () => [model, adapter],
  useAdapter: () => [model, adapter, 16],
  useOwnHead: () => [model, 16],
  writeFolder: () => ["folder", new Map([["a.json", new Uint8Array(2)]])],

  adamBreaksBlocks: evidence(observed),
  balanceDrifts: () => [{ target, scale: 0.3, time: 1, learningRates: [0.1, 0.05], seed: 5 }],
  basesAgree: evidence(theory.findBases({ target, rank: 1, scales, seed: 5 })),
  blockForm: () => [observed, "words"],
  blockFormUnder: () => [rule, observed],
  blocksVanish: evidence(observed),
  changeHasLowRank: evidence(observed),
  claims: () => [1],
  coreFollowsCompressed: evidence(observed),
  coreFollowsReduced: evidence(observed),
  countParameters: () => [4, 3, 1, 2],
  decayIsGeometric: () => [theory.passiveScalars],
  driftFollowsRate: () => [[1e-2, 5e-3, 2.5e-3]],
  exactFormIsExact: evidence([theory.runRectangular(rectangular)]),
  findBases: () => [{ target, rank: 1, scales, seed: 5 }],
  fixedEpsilonStalls: evidence(theory.runStall(stalled)),
  floorsArePredicted: evidence(theory.runRecovery(recovery)),
  framesChain: evidence(observed),
  gapIsBounded: evidence(observed),
  gapIsClosedForm: evidence(observed),
  gaussianBreaksSpectrum: () => [
    { start: observed.initial[0], end: observed.samples.at(-1).factors[0], active: 2 },
  ],
  lowRankTarget: () => [{ rows: 6, cols: 6, rank: 1, seed: 5 }],
  maskedFrozenFails: () => [{ frozen: 0.5, trained: 1e-6 }],
  maskedTrainedRecovers: () => [{ frozen: 0.5, trained: 1e-6 }],
  narrowIsNeverBehind: evidence(theory.runRecovery(recovery)),
  observe: () => [setting],
  outerRateSavesSteps: () => [[10, 5]],
  parametersAreFew: () => [[theory.countParameters(4, 3, 1, 2)]],
  passiveFollowsRecursion: evidence(observed),
  passiveIsScalar: evidence(observed),
  passiveScalars: () => [scales, rule, 4],
  plainFormIsNotExact: evidence([theory.runRectangular(rectangular)]),
  productChangeHasLowRank: evidence(observed),
  recursionHasGoldenValues: () => [theory.passiveScalars],
  reducedRun: () => [{ target: Matrix.from([[1]]), scales, passiveDimension: 4, rule }],
  runFromGaussian: () => [{ target, rank: 1, scale: 0.1, rule, steps: 4, seed: 5 }],
  runIsEquivariant: evidence(theory.runRotated(symmetric)),
  runMasked: () => [{ target, rank: 1, observed: 0.5, scale: 0.1, steps: 3, seed: 5 }],
  runOnZeros: () => [symmetric],
  runRecovery: () => [recovery],
  runRectangular: () => [rectangular],
  runRotated: () => [symmetric],
  runSpectral: () => [spectral],
  runStall: () => [stalled],
  scaledEpsilonIgnoresLossScale: evidence(theory.runStall(stalled)),
  scaledEpsilonMoves: evidence(theory.runStall(stalled)),
  scalarsNeverGrow: () => [theory.passiveScalars],
  singularValuesRepeat: evidence(observed),
  singularVectorsStay: evidence(theory.runSpectral(spectral)),
  smallRankFails: evidence(observed),
  spectrumHasThreeParts: evidence([theory.runRectangular(rectangular)]),
  stepsByOuterRate: () => [
    {
      target,
      rank: 1,
      observed: 0.8,
      scale: 0.1,
      learningRate: 0.1,
      ratios: [0.1, 1],
      tolerance: 0.1,
      steps: 8,
      seed: 5,
    },
  ],
  transportFrames: () => [Matrix.identity(6, 2), observed.initial, scales],
  zeroTargetOnlyShrinks: evidence(theory.runOnZeros(symmetric)),
  verifyAdapter: () => [adapterCertificate, model, examples, { delta: 0.1, evaluated: 1, seed: 1 }],
  verifyCertificate: () => [certificate, labelled, { delta: 0.1 }],
};

/** Methods of objects that functions make: the object, and the arguments of a valid call. */
export const methods = {
  "airWorker.encode": [airWorker, (random) => [numbers(random, 64)]],
  "airWorker.encodeEntries": [
    airWorker,
    () => [
      [3, 9],
      [1, -2],
    ],
  ],
  "airWorker.adopt": [airWorker, () => [{ codeLength: 64, spreading: 5, draw: 1 }]],
  "airServer.decode": [airServer, (random) => [matrix(random, 4, 32)]],
  "channel.transmit": [
    () => federated.gaussianChannel({ power: 10, seed: 0 }),
    (random) => [[matrix(random, 2, 2), matrix(random, 2, 2)]],
  ],
  "network.start": [() => network, () => [{ seed: 1, mode: "fan-out" }]],
  "network.value": [() => network, (random) => [numbers(random, 9), matrix(random, 2, 2)]],
  "network.classify": [() => network, (random) => [numbers(random, 9), matrix(random, 2, 2)]],
  "network.lossGradient": [
    () => network,
    (random) => [numbers(random, 9), matrix(random, 2, 2), [0, 2]],
  ],
  "network.inputGradient": [
    () => network,
    (random) => [numbers(random, 9), matrix(random, 2, 2), matrix(random, 2, 3)],
  ],
  "network.parameterGradient": [
    () => network,
    (random) => [numbers(random, 9), matrix(random, 2, 2), matrix(random, 2, 3)],
  ],
  "generator.value": [() => generator, (random) => [matrix(random, 3, 2)]],
  "ReluGenerator.fromSafetensors": [
    () => Generator,
    () => [generator.toSafetensors(), { output: "relu", dtype: "f64", source: "a" }],
  ],
  "matrix.get": [() => Matrix.identity(2), () => [0, 1]],
  "matrix.set": [() => Matrix.identity(2), () => [0, 1, 5]],
  "matrix.row": [() => Matrix.identity(2), () => [1]],
  "matrix.astype": [() => Matrix.identity(2), () => ["f32"]],
  "Matrix.zeros": [() => Matrix, () => [2, 3, { dtype: "f32" }]],
  "Matrix.identity": [() => Matrix, () => [2, 3, { dtype: "f32" }]],
  "Matrix.from": [
    () => Matrix,
    () => [
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "f64" },
    ],
  ],
  "Matrix.randomNormal": [() => Matrix, () => [2, 3, { seed: 1, dtype: "f32" }]],
  "SparseMatrix.fromTriplets": [() => SparseMatrix, (random) => [entries(random)]],
  "completion.predict": [() => completed, () => ["a", "x"]],
  "completion.predictEach": [() => completed, () => [{ rowIds: ["a", "?"], colIds: ["x", "y"] }]],
  "completion.recommend": [
    () => completed,
    () => ["a", 2, { excludeRated: false, by: "rating", exclude: ["x"], only: ["x", "y"] }],
  ],
  "completion.foldIn": [() => completed, () => [{ colIds: ["x", "y"], values: [1, 2] }]],
  "completion.rmse": [() => completed, (random) => [observations(random)]],
  "completion.baselineRmse": [() => completed, (random) => [observations(random)]],
  "ranking.recommend": [
    () => ranking,
    () => ["a", 2, { excludeSeen: false, exclude: ["x"], only: ["x", "y"], diversity: 0.5 }],
  ],
  "ranking.foldIn": [
    () => ranking,
    () => [{ colIds: ["x", "y"], weights: [1, -2], times: [1, 2] }],
  ],
  "ranking.score": [() => ranking, () => ["a", "x"]],
  "ranking.explain": [() => ranking, () => ["a", "x", 2]],
  "ranking.similarItems": [() => ranking, () => ["x", 2]],
  "ranking.similarRows": [() => ranking, () => ["a", 2]],
  "ranking.evaluate": [
    () => ranking,
    () => [
      chosen,
      {
        cutoffs: [1, 3],
        groupBounds: [2],
        histories: { rowIds: ["c"], colIds: ["y"], weights: [1] },
      },
    ],
  ],
  "ranking.withFeatures": [
    () => ranking,
    (random) => [
      {
        cols: { ids: ["x", "y", "new"], features: new Matrix(3, 2, numbers(random, 6)) },
        rows: { ids: ["a", "b"], features: new Matrix(2, 1, numbers(random, 2)) },
      },
    ],
  ],
  "ranking.update": [
    () => ranking,
    () => [{ rowIds: ["a", "d"], colIds: ["z", "w"], weights: [2, -1], times: [1, 2] }],
  ],
  "ranking.save": [() => ranking, () => [{ histories: false }]],
  "MatrixRanking.load": [() => core.MatrixRanking, () => [ranking.save()]],
  "MatrixCompletion.load": [() => core.MatrixCompletion, () => [completed.save()]],
  "FewShotClassifier.load": [() => lora.FewShotClassifier, () => [classifier.save(), model]],
  "model.embed": [() => model, () => [examples, { normalize: true, batchSize: 2, maxTokens: 8 }]],
  "model.tokenize": [() => model, () => [{ text: "abc", pair: "x" }, 8]],
  "adapted.predict": [() => lora.useAdapter(model, adapter), () => [examples, 2]],
  "stream.append": [
    () => new core.StreamingSvd({ cols: 3, rank: 2, seed: 0 }),
    (random) => [matrix(random, 2, 3)],
  ],
};
