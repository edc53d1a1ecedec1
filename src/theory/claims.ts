// The one list of claims. `lowrank verify` prints it, the tests iterate over it, and each entry
// measures anew when it is called: a run of the package, judged by a checker.

import { checkSeed } from "../check/values.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { adam } from "../optim/adam.js";
import { balanceDrifts, driftFollowsRate } from "./balance.js";
import { basesAgree, findBases } from "./bases.js";
import * as blocks from "./blocks.js";
import * as boundaries from "./boundaries.js";
import * as endToEnd from "./end-to-end.js";
import { type Observation, observe, type Setting } from "./observation.js";
import { passiveScalars } from "./passive.js";
import { chain, product, times } from "./plain.js";
import * as recovery from "./recovery.js";
import * as rectangular from "./rectangular.js";
import * as recursion from "./recursion.js";
import type { Rule } from "./rule.js";
import * as spectra from "./spectra.js";
import * as spectral from "./spectral.js";
import * as symmetry from "./symmetry.js";
import { alignedTarget, lowRankTarget } from "./target.js";
import type { Verdict } from "./verdict.js";

/** A run that several claims look at is made once, when the first of them needs it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const size = 30;
const rank = 3;
const scales = [0.3, 0.1, 0.5];
const descent: Rule = { learningRate: 0.1 };
/** Rules that the theorem covers beyond plain descent. */
export const rules: readonly Rule[] = [
  { learningRate: 0.1, weightDecay: 1e-2 },
  { learningRate: 0.02, beta: 0.9 },
  { learningRate: 0.02, beta: 0.9, nesterov: true, weightDecay: 1e-3 },
  { learningRate: 0.1, ratios: [1, 0.5, 1.5] },
  { learningRate: 0.1, maxNorm: 0.5 },
  { learningRate: 0.02, beta: 0.9, nesterov: true, ratios: [1, 0.5, 1.5], maxNorm: 0.5 },
];

/**
 * Every claim, each to be called: measured now, by runs of this package.
 *
 * @param seed - of the random targets and initial factors.
 * @example
 * ```ts
 * const verdicts = claims().slice(0, 3).map((check) => check());
 * verdicts.every(({ holds }) => holds); // true
 * ```
 */
export function claims(seed = 1): readonly (() => Verdict)[] {
  checkSeed("claims", seed);
  const target = () => lowRankTarget({ rows: size, cols: size, rank, seed });

  /** A square run of moderate size; claims change what they are about. */
  const square = (changes: Partial<Setting>): Observation =>
    observe({ target: target(), rank, scales, rule: descent, steps: 1000, seed, ...changes });

  const standard = once(() => square({}));
  const zeros = {
    target: target(),
    scales,
    rule: { ...descent, weightDecay: 1e-2 },
    steps: 500,
    seed,
  };
  const rotation = { ...zeros, rule: { learningRate: 0.02, beta: 0.9 } };

  const off = once(() =>
    [
      [20, 30, 3],
      [29, 30, 3],
      [5, 30, 2],
      [3, 30, 3],
      [30, 20, 3],
      [30, 3, 3],
    ].map(([rows, cols, targetRank]) =>
      rectangular.runRectangular({
        rows,
        cols,
        rank: targetRank,
        scale: 0.3,
        rule: { learningRate: 0.05, weightDecay: 1e-3 },
        steps: 800,
        seed,
      }),
    ),
  );

  const masked = once(() =>
    boundaries.runMasked({
      target: lowRankTarget({ rows: 40, cols: 40, rank: 2, seed }),
      rank: 2,
      observed: 0.5,
      scale: 1e-2,
      steps: 3000,
      seed,
    }),
  );

  const recovered = once(() =>
    recovery.runRecovery({
      target: lowRankTarget({ rows: 24, cols: 24, rank: 2, seed }),
      rank: 2,
      depth: 3,
      scale: 0.03,
      learningRate: 0.1,
      steps: 1500,
      seed,
    }),
  );

  /** A target that is placed the same way to both sides of the wide network's start. */
  function aligned(): Observation {
    const model = deepFactorization({
      shape: { rows: size, cols: size },
      depth: scales.length,
      scale: scales,
      initialization: "haar",
      seed,
    });
    const Q = times(1 / product(scales), chain(model.factors()));
    return square({ target: alignedTarget(Q, { rows: size, cols: size, rank, seed }) });
  }

  return [
    () => blocks.blocksVanish(standard()),
    () => blocks.passiveIsScalar(standard()),
    () => blocks.passiveFollowsRecursion(standard()),
    () => blocks.coreFollowsCompressed(standard()),
    () => blocks.coreFollowsReduced(standard()),
    () => endToEnd.gapIsClosedForm(standard()),
    () => endToEnd.gapIsBounded(standard()),
    () => endToEnd.framesChain(standard()),
    () => spectra.changeHasLowRank(standard()),
    () => spectra.productChangeHasLowRank(standard()),
    () => spectra.singularValuesRepeat(standard()),
    () => basesAgree(findBases({ target: target(), rank, scales, seed })),
    () => recursion.recursionHasGoldenValues(passiveScalars),
    () => recursion.scalarsNeverGrow(passiveScalars),
    () => recursion.decayIsGeometric(passiveScalars),
    ...rules.map((rule) => () => blocks.blockFormUnder(rule, square({ rule }))),
    () => blocks.blockForm(square({ rank: 5 }), "told a rank above the target's"),
    () => blocks.blockForm(aligned(), "with a start aligned to the target"),
    () =>
      blocks.blockForm(
        square({ rule: { learningRate: 0.3 }, steps: 400 }),
        "at S = 2.3, never settling",
      ),
    () => blocks.blockForm(square({ dtype: "f32" }), "in single precision"),
    () => symmetry.zeroTargetOnlyShrinks(symmetry.runOnZeros(zeros)),
    () => symmetry.runIsEquivariant(symmetry.runRotated(rotation)),
    () =>
      driftFollowsRate(
        balanceDrifts({
          target: lowRankTarget({ rows: 16, cols: 16, rank: 2, seed }),
          scale: 0.1,
          time: 20,
          learningRates: [0.02, 0.01, 0.005],
          seed,
        }),
      ),
    () => rectangular.spectrumHasThreeParts(off()),
    () => rectangular.exactFormIsExact(off()),
    () => rectangular.plainFormIsNotExact(off()),
    () => boundaries.maskedTrainedRecovers(masked()),
    () => boundaries.maskedFrozenFails(masked()),
    () => {
      const wide = lowRankTarget({ rows: size, cols: size, rank, seed, norm: 10 });
      const rule = { learningRate: 0.01 };
      return endToEnd.smallRankFails(square({ target: wide, rank: 2, rule }));
    },
    () =>
      boundaries.adamBreaksBlocks(square({ optimizer: adam({ learningRate: 1e-2 }), steps: 300 })),
    () =>
      boundaries.gaussianBreaksSpectrum(
        boundaries.runFromGaussian({
          target: target(),
          rank,
          scale: 0.3,
          rule: descent,
          steps: 500,
          seed,
        }),
      ),
    () =>
      spectral.singularVectorsStay(
        spectral.runSpectral({
          target: { rows: 24, cols: 20, rank, seed },
          width: 2 * rank,
          depth: 4,
          scale: 0.1,
          learningRate: 0.05,
          outerRatio: 2,
          steps: 2000,
        }),
      ),
    () => recovery.narrowIsNeverBehind(recovered()),
    () => recovery.floorsArePredicted(recovered()),
    () =>
      spectral.parametersAreFew([
        spectral.countParameters(100, 100, 5, 3),
        spectral.countParameters(60, 90, 4, 5),
        spectral.countParameters(50, 30, 1, 2),
      ]),
    () =>
      recovery.outerRateSavesSteps(
        recovery.stepsByOuterRate({
          target: lowRankTarget({ rows: 60, cols: 60, rank, seed }),
          rank,
          observed: 0.5,
          scale: 1e-2,
          learningRate: 0.03,
          ratios: [0.5, 1, 2, 5, 10],
          tolerance: 1e-8,
          steps: 20_000,
          seed,
        }),
      ),
  ];
}
