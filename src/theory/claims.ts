// The one list of claims: each file of checkers has its own. `lowrank verify` prints it and the
// tests iterate over it.

import { checkSeed } from "../check/values.js";
import type { Verdict } from "../claims/verdict.js";
import * as adamStall from "./adam-stall.js";
import * as balance from "./balance.js";
import * as bases from "./bases.js";
import * as blockForm from "./block-form.js";
import * as blocks from "./blocks.js";
import * as boundaries from "./boundaries.js";
import * as endToEnd from "./end-to-end.js";
import * as outerRate from "./outer-rate.js";
import * as parameterCount from "./parameter-count.js";
import * as recovery from "./recovery.js";
import * as rectangular from "./rectangular.js";
import * as recursion from "./recursion.js";
import * as spectra from "./spectra.js";
import * as spectral from "./spectral.js";
import { standardRuns } from "./standard-runs.js";
import * as symmetry from "./symmetry.js";

/** In the order in which they are reported. */
const files = [
  blocks,
  endToEnd,
  spectra,
  bases,
  recursion,
  blockForm,
  symmetry,
  balance,
  rectangular,
  boundaries,
  spectral,
  recovery,
  parameterCount,
  outerRate,
  adamStall,
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
  const runs = standardRuns(seed);
  return files.flatMap((file) => file.claims(runs));
}
