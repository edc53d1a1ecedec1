// What scikit-learn, SciPy, PyTorch, PEFT, transformers, Surprise, implicit and LIBMF call our options.

/**
 * By our names, of which the first that a function has is meant: theirs, without case, "_" and "-".
 */
const foreignNames: Readonly<Record<string, string>> = {
  alpha: "alphapattern loraalpha",
  batchSize: "perdeviceevalbatchsize perdevicetrainbatchsize",
  beta: "momentum",
  clip: "clippredictions",
  "colIds colIndices cols": "columnids columnindices itemid itemids items",
  cols: "ncols nfeatures",
  "cols colIds colIndices": "columns",
  depth: "layers loradepth numlayers",
  dropout: "loradropout",
  dtype: "outputdtype precision torchdtype type",
  duplicates: "dedupe",
  epsilon: "adamepsilon",
  "epsilon tolerance": "eps",
  excludeRated: "filteralreadylikeditems",
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
  "rank cols": "n",
  rankStabilized: "userslora",
  recompute: "gradientcheckpointing",
  "regularization ridge weightDecay": "biasreg l2 l2reg lambda reg regall regpq",
  "resume checkpoint": "resumefromcheckpoint",
  "rowIds rowIndices rows": "rowid userid userids users",
  rows: "nrows",
  scale: "initstddev",
  "schedule finalRateShare": "lrscheduler lrschedulertype",
  seed: "dataseed randomseed randomstate rng rngseed",
  "steps powerIterations maxIterations":
    "epochs iterations maxepochs maxiter maxiterations maxsteps nepochs nitermax numepochs " +
    "numiterations numsteps numtrainepochs",
  targets: "targetmodules",
  text: "premise question sentence sentence1",
  threads: "njobs nthreads numthreads numworkers",
  tolerance: "rcond rtol threshold tol",
  "transpose transposeA": "trans",
  transposeA: "transa",
  transposeB: "transb",
  "validationFraction share": "testsize validationsize validationsplit",
  values: "data rating ratings scores x",
  "values measurements": "y",
  vectors: "computeuv eigvalsonly fullmatrices wantu",
  warmup: "warmupsteps",
  weightDecay: "wd",
  weightStorage: "loadin8bit",
};

/** Our names for another package's; none where it is not known. */
export function ownNamesOf(foreign: string): readonly string[] {
  const known = Object.entries(foreignNames);
  return known.find(([, theirs]) => theirs.split(" ").includes(foreign))?.[0].split(" ") ?? [];
}
