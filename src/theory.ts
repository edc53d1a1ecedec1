/**
 * `lowrank/theory`: what the papers claim, as functions that measure it by runs of this package.
 *
 * `claims()` is the list that `lowrank verify` prints. Each checker is a pure function from evidence
 * to a {@link Verdict}; the functions that make evidence (`observe`, `runSpectral`, ...) take shapes,
 * rates and seeds of your own. A setting, or evidence, that is not what its type says is a TypeError
 * or a RangeError that names the field; evidence may hold NaN, and its verdict does not hold then.
 *
 * @packageDocumentation
 * @example
 * ```ts
 * claims().length >= 20; // true
 * const target = lowRankTarget({ rows: 12, cols: 12, rank: 2, seed: 7 });
 * const runs = { target, rank: 2, scales: [0.1, 0.2], rule: { learningRate: 0.1 }, steps: 50, seed: 7 };
 * blocksVanish(observe(runs)).holds; // true
 * ```
 */

export type { Verdict } from "./claims/verdict.js";
export {
  type CorePath,
  fixedEpsilonStalls,
  runStall,
  type StallSetting,
  scaledEpsilonIgnoresLossScale,
  scaledEpsilonMoves,
} from "./theory/adam-stall.js";
export { type BalanceSetting, balanceDrifts, driftFollowsRate } from "./theory/balance.js";
export { type Bases, type BasesSetting, basesAgree, findBases } from "./theory/bases.js";
export { blockForm, blockFormUnder } from "./theory/block-form.js";
export {
  blocksVanish,
  coreFollowsCompressed,
  coreFollowsReduced,
  passiveFollowsRecursion,
  passiveIsScalar,
} from "./theory/blocks.js";
export {
  adamBreaksBlocks,
  type FactorChange,
  type GaussianSetting,
  gaussianBreaksSpectrum,
  type MaskedRuns,
  type MaskedSetting,
  maskedFrozenFails,
  maskedTrainedRecovers,
  runFromGaussian,
  runMasked,
  smallRankFails,
} from "./theory/boundaries.js";
export { claims } from "./theory/claims.js";
export {
  framesChain,
  gapIsBounded,
  gapIsClosedForm,
} from "./theory/end-to-end.js";
export { type Frames, transportFrames } from "./theory/frames.js";
export { type Observation, observe, type Sample, type Setting } from "./theory/observation.js";
export {
  type OuterRateSetting,
  outerRateSavesSteps,
  stepsByOuterRate,
} from "./theory/outer-rate.js";
export {
  countParameters,
  type ParameterCount,
  parametersAreFew,
} from "./theory/parameter-count.js";
export { type PassiveRecursion, passiveScalars } from "./theory/passive.js";
export {
  floorsArePredicted,
  narrowIsNeverBehind,
  type RecoveryRuns,
  type RecoverySetting,
  runRecovery,
} from "./theory/recovery.js";
export {
  exactFormIsExact,
  plainFormIsNotExact,
  type RectangularRun,
  type RectangularSetting,
  runRectangular,
  spectrumHasThreeParts,
} from "./theory/rectangular.js";
export {
  decayIsGeometric,
  recursionHasGoldenValues,
  scalarsNeverGrow,
} from "./theory/recursion.js";
export { type ReducedProblem, type ReducedState, reducedRun } from "./theory/reduced.js";
export type { Rule } from "./theory/rule.js";
export {
  changeHasLowRank,
  productChangeHasLowRank,
  singularValuesRepeat,
} from "./theory/spectra.js";
export {
  runSpectral,
  type SpectralRun,
  type SpectralSetting,
  singularVectorsStay,
} from "./theory/spectral.js";
export {
  type RotatedRuns,
  runIsEquivariant,
  runOnZeros,
  runRotated,
  type SymmetrySetting,
  type ZeroTargetRun,
  zeroTargetOnlyShrinks,
} from "./theory/symmetry.js";
export { lowRankTarget, type TargetOptions } from "./theory/target.js";
