// The package's core. Under each heading in the order of the files.

// Matrices and their products

export {
  add,
  hadamard,
  mapEntries,
  scale,
  scaleColumns,
  scaleRows,
  subtract,
} from "./linalg/arithmetic.js";
export { diagonal, innerProduct, trace } from "./linalg/diagonal.js";
export type { LinearOperator } from "./linalg/in-job/linear-operator.js";
export { matmul } from "./linalg/matmul.js";
export { Matrix, type MatrixData } from "./linalg/matrix.js";
export { PackedMatrix, packMatrix } from "./linalg/packed-matrix.js";
export type { MatmulOptions } from "./linalg/product-shape.js";
export { hstack, type SliceOptions, slice, viewRows, vstack } from "./linalg/slices.js";
export { type CompressedRows, SparseMatrix } from "./linalg/sparse-matrix.js";
export { type Centered, center, type Standardized, standardize } from "./linalg/standardize.js";
export { type Lines, means, sums, type VarianceOptions, variances } from "./linalg/statistics.js";
export type { Triplets } from "./linalg/triplets.js";

// Factorizations

export { cholesky, NotPositiveDefiniteError } from "./linalg/cholesky.js";
export { type Eigh, type EighOptions, eigh } from "./linalg/eigh.js";
export {
  HouseholderQ,
  type HouseholderQR,
  householderQr,
  type PivotedHouseholderQR,
} from "./linalg/householder-qr.js";
export { type PivotedQR, type QR, type QrOptions, qr } from "./linalg/qr.js";
export {
  type RandomizedSVD,
  type RandomizedSvdOptions,
  randomizedSvd,
} from "./linalg/randomized-svd.js";
export { StreamingSvd, type StreamingSvdOptions } from "./linalg/streaming-svd.js";
export { type SVD, type SvdOptions, svd } from "./linalg/svd.js";

// Systems of equations, and what a matrix is like

export { type ConditionKind, cond } from "./linalg/cond.js";
export { det, type LogDet, logDet } from "./linalg/det.js";
export { inverse } from "./linalg/inverse.js";
export { type LeastSquares, lstsq } from "./linalg/lstsq.js";
export { type NormKind, norm } from "./linalg/norm.js";
export { nullSpace } from "./linalg/null-space.js";
export { pinv } from "./linalg/pinv.js";
export { rank } from "./linalg/rank.js";
export type { ToleranceOptions } from "./linalg/singular-values.js";
export { SingularMatrixError, solve } from "./linalg/solve.js";

// Decompositions of data

export {
  type Cur,
  cur,
  type Interpolative,
  type InterpolativeOptions,
  interpolative,
} from "./decompositions/interpolative.js";
export { type Nmf, type NmfOptions, nmf } from "./decompositions/nmf.js";
export {
  type KernelColumns,
  type Nystrom,
  type NystromOptions,
  nystrom,
} from "./decompositions/nystrom.js";
export { type PcaOptions, pca } from "./decompositions/pca.js";
export { Pca, type PcaData } from "./decompositions/principal-components.js";
export { type Procrustes, procrustes } from "./decompositions/procrustes.js";
export { type RobustPca, type RobustPcaOptions, robustPca } from "./decompositions/robust-pca.js";
export { StreamingPca, type StreamingPcaOptions } from "./decompositions/streaming-pca.js";
export { type Tfidf, type TfidfOptions, tfidf } from "./decompositions/tfidf.js";
export { type TruncatedSvdOptions, truncatedSvd } from "./decompositions/truncated-svd.js";

// Completion of ratings: the estimator

export type { CandidateOptions } from "./completion/candidates.js";
export type { DuplicatePolicy } from "./completion/duplicates.js";
export { completeMatrix, fitCompletion } from "./completion/fit.js";
export type { FoldInOptions, RowObservations } from "./completion/fold-in.js";
export type { FoldedRow } from "./completion/folded-row.js";
export { MatrixCompletion, type Places } from "./completion/matrix-completion.js";
export { ModelFileError } from "./completion/model-file-error.js";
export type { Id, Observations, RatingTable } from "./completion/observations.js";
export {
  type Observed,
  OnlineCompletion,
  type OnlineCompletionOptions,
} from "./completion/online/online-completion.js";
export type { CompletionOptions, OutlierPolicy, Settings, Solver } from "./completion/options.js";
export type { Outlier } from "./completion/outliers.js";
export type { CompletionProgress } from "./completion/progress.js";
export type { OrderComparison, OrderScores } from "./completion/ranking-head.js";
export type {
  Recommendation,
  RecommendationOrder,
  RecommendOptions,
  RowRecommendations,
  SomeRows,
} from "./completion/recommend.js";
export type { InteractionRecord, RatingRecord } from "./completion/records.js";

// Ranking from interactions

export {
  evaluateRanking,
  type Ranker,
  type RowToRank,
} from "./ranking/evaluation/evaluate-ranking.js";
export type { EvaluationOptions } from "./ranking/evaluation/evaluation-options.js";
export type {
  RankingComparison,
  RankingEvaluation,
  RankingGroup,
} from "./ranking/evaluation/judge.js";
export type {
  DefaultCutoff,
  RankingMetrics,
  RowMetrics,
} from "./ranking/evaluation/ranking-metrics.js";
export {
  type InteractionSplit,
  type SplitKind,
  type SplitOptions,
  splitInteractions,
} from "./ranking/evaluation/split-interactions.js";
export { fitRanking, type RankingProgress, rankMatrix } from "./ranking/fit.js";
export type { RowColumns, RowInteractions } from "./ranking/fold-in.js";
export type { Interactions, InteractionTable } from "./ranking/interactions.js";
export {
  type Explanation,
  MatrixRanking,
  type Scored,
} from "./ranking/matrix-ranking.js";
export type { RankingOptions, RankingSettings, RepeatPolicy } from "./ranking/options.js";
export type { RankedRow } from "./ranking/ranked-row.js";
export type { RankingScores, RankingValidation } from "./ranking/ranking-state.js";
export type { RankingRecommendOptions } from "./ranking/recommend-options.js";
export type { Features, SideFeatures } from "./ranking/with-features.js";

// How near predicted values are

export {
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  calibration,
} from "./metrics/calibration.js";
export { mae } from "./metrics/mae.js";
export { rmse } from "./metrics/rmse.js";

// Deep factorization: problems, models, training

export { type CompressOptions, compress } from "./factorization/models/compress.js";
export {
  type DeepFactorization,
  type DeepFactorizationOptions,
  deepFactorization,
} from "./factorization/models/deep-factorization.js";
export { DeepLinearNetwork } from "./factorization/models/deep-linear-network.js";
export {
  type SpectralCompressOptions,
  spectralCompress,
} from "./factorization/models/spectral-compress.js";
export { completion } from "./factorization/problems/completion.js";
export { factorization } from "./factorization/problems/factorization.js";
export { type HoldOutOptions, holdOut } from "./factorization/problems/hold-out.js";
export type { LossName, LossOptions } from "./factorization/problems/loss.js";
export type { BoundProblem, Problem } from "./factorization/problems/problem.js";
export { type SensingData, sensing } from "./factorization/problems/sensing.js";
export {
  type FitLowRankOptions,
  fitLowRank,
  type LowRankFit,
  type LowRankStep,
} from "./factorization/rank/fit-low-rank.js";
export type { Checkpoint } from "./factorization/training/checkpoint.js";
export {
  type ScaledGdOptions,
  type ScaledOptimizer,
  scaledGd,
} from "./factorization/training/scaled-gd.js";
export {
  type TrainingRun,
  type TrainingStep,
  type TrainOptions,
  train,
} from "./factorization/training/train.js";

// Optimizers and schedules

export { type AdamOptions, adam } from "./optim/adam.js";
export { type AdamwOptions, adamw } from "./optim/adamw.js";
export { clipNorm } from "./optim/clip-norm.js";
export { DivergenceError } from "./optim/divergence-error.js";
export { type GdOptions, gd } from "./optim/gd.js";
export { type MomentumOptions, momentum } from "./optim/momentum.js";
export type { LearningRate, Optimizer, Stability } from "./optim/optimizer.js";
export {
  constant,
  constantRate,
  cosine,
  cosineDecay,
  type DecayOptions,
  linearDecay,
  type Schedule,
} from "./optim/schedules.js";

// The engine

export {
  type DType,
  type FloatArray,
  init,
  OutOfMemoryError,
  supportsRelaxedSimd,
  UnsupportedError,
} from "./wasm/index.js";
