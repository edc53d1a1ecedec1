// What scikit-learn, SciPy, PyTorch, PEFT, transformers, Surprise, implicit and LIBMF call our options.

/**
 * By our names, of which the first that a function has is meant: theirs, without case, "_" and "-".
 */
export type ForeignNames = Readonly<Record<string, string>>;

/** Of data, and of what goes with any of them. */
const dataNames: ForeignNames = {
  "colIds colIndices cols": "columnids columnindices itemid itemids items",
  cols: "ncols nfeatures",
  "cols colIds colIndices": "columns",
  dtype: "outputdtype precision torchdtype type",
  excludeRated: "filteralreadylikeditems",
  "rank cols": "n",
  "rowIds rowIndices rows": "rowid userid userids users",
  rows: "nrows",
  seed: "dataseed randomseed randomstate rng rngseed",
  "transpose transposeA": "trans",
  transposeA: "transa",
  transposeB: "transb",
  values: "data rating ratings scores x",
  "values measurements": "y",
};

/** Of the options of methods: a page that only recommends from a model does without. */
export const settingNames: ForeignNames = {
  alpha: "alphapattern loraalpha",
  batchSize: "perdeviceevalbatchsize perdevicetrainbatchsize",
  beta: "momentum",
  clip: "clippredictions",
  depth: "layers loradepth numlayers",
  dropout: "loradropout",
  duplicates: "dedupe",
  epsilon: "adamepsilon",
  "epsilon tolerance": "eps",
  init: "initloraweights",
  kind: "problemtype",
  label: "class score similarity target",
  labels: "classes id2label labelnames numlabels",
  learningRate: "lr lrall",
  maxNorm: "maxgradnorm",
  maxTokens: "maxlength maxseqlength",
  method: "solver svdsolver",
  normalize: "normalizeembeddings",
  optimizer: "optim",
  oversampling: "noversamples",
  pair: "hypothesis question2 second sentence2 text2 textb textpair",
  "powerIterations steps": "niter",
  "rank components":
    "components embeddingdim factors k latentdim lorar lorarank ncomponents nfactors numfactors " +
    "r rankpattern",
  rankStabilized: "userslora",
  recompute: "gradientcheckpointing",
  "regularization ridge weightDecay": "biasreg l2 l2reg lambda reg regall regpq",
  "resume checkpoint": "resumefromcheckpoint",
  scale: "initstddev",
  "schedule finalRateShare": "lrscheduler lrschedulertype",
  "steps powerIterations maxIterations":
    "epochs iterations maxepochs maxiter maxiterations maxsteps nepochs nitermax numepochs " +
    "numiterations numsteps numtrainepochs",
  targets: "targetmodules",
  text: "premise question sentence sentence1",
  threads: "njobs nthreads numthreads numworkers",
  tolerance: "rcond rtol threshold tol",
  "validationFraction share": "testsize validationsize validationsplit",
  vectors: "computeuv eigvalsonly fullmatrices wantu",
  warmup: "warmupsteps",
  weightDecay: "wd",
  weightStorage: "loadin8bit",
};

/** Our names for another package's, in the names of data and in more; none where it is not known. */
export function ownNamesOf(foreign: string, more: ForeignNames): readonly string[] {
  const known = [dataNames, more].flatMap((names) => Object.entries(names));
  return known.find(([, theirs]) => theirs.split(" ").includes(foreign))?.[0].split(" ") ?? [];
}
