// What a model must be so that whatever it is asked has a finite answer: for models that come out
// of files, whose checksum anybody can make.
import { checkHead } from "./head-file.js";
import { checkPattern, fail, finite, increasing, integer, within } from "./model-checks.js";
import type { ModelState } from "./model-state.js";

/**
 * Values are at most 1e150 in size (see `checkValues`); what is computed from them, a little more.
 */
const largest = 1e151;

/** @throws ModelFileError that names the field, what it is and what it must be. */
export function checkModelState(state: ModelState): void {
  const { settings, rowIds, colIds, factorized } = state;
  const side = Math.min(rowIds.length, colIds.length);
  if (side === 0) fail("the model", `${rowIds.length} x ${colIds.length}`, "have rows and columns");
  integer("rank", settings.rank, 1, side);
  integer("depth", settings.depth, 0, 64);
  integer("seed", settings.seed, 0);
  integer("the steps of a training", settings.steps, 1);
  within("regularization", settings.regularization, 1e6);
  within("validationFraction", settings.validationFraction, 0.5);
  integer("the number of duplicates", state.duplicates, 0);
  integer("the number of steps", state.steps, 0);
  integer("the number of parameters", state.parameterCount, 0);
  checkScale(state);
  within("the ridge of a bias", state.biasRidge, largest);
  if (factorized) within("the ridge of the factors", state.factorRidge, largest);
  increasing("row", rowIds);
  increasing("column", colIds);
  checkPattern(state);
  finite("a row bias", state.rowBias);
  finite("a row bias of the bias model", state.baselineRowBias);
  finite("a column bias", state.colBias);
  finite("a column bias of the bias model", state.baselineColBias);
  finite("a row factor", state.rowFactors);
  finite("a column factor", state.colFactors);
  finite("an implicit factor", state.patternFactors);
  for (const { step, totalSteps, loss, validationRmse = 0 } of state.history) {
    integer("a step of the history", step, 0);
    integer("the steps of the history", totalSteps, 0);
    finite("a loss of the history", [loss]);
    finite("an error of the history", [validationRmse]);
  }
  checkHead(state);
  checkOutliers(state);
}

/** Places of the pattern, increasing, and values as ratings are. */
function checkOutliers({ outliers, settings, colIndices }: ModelState): void {
  if (!outliers) return;
  if (settings.outliers === "keep")
    fail("the number of outliers kept", outliers.places.length, "be 0");
  const { bound, places, values } = outliers;
  if (!(bound > 0)) fail("the bound of the outliers", bound, "be above 0");
  let least = 0;
  for (const place of places) {
    integer("the place of an outlier", place, least, colIndices.length - 1);
    least = place + 1;
  }
  for (const value of values) {
    if (!(Math.abs(value) <= largest)) {
      fail("the value of an outlier", value, `be at most ${largest} in size`);
    }
  }
}

/** Where predictions lie. */
function checkScale({ settings, mean, scale, low, high }: ModelState): void {
  if (!(Math.abs(mean) <= largest)) fail("the mean", mean, `be at most ${largest} in size`);
  within("the scale", scale, largest);
  const bounded = Math.abs(low) <= largest && Math.abs(high) <= largest && low <= high;
  const unbounded = low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY;
  if (settings.clip ? bounded : unbounded) return;
  const wanted = settings.clip ? "be two numbers, the smaller first" : "be -Infinity .. Infinity";
  fail("the range of the predictions", `${low} .. ${high}`, wanted);
}
