// The file of a ranking model, little-endian: settings, numbers, validation, ids, histories, popularity,
// factors and, from version 2 on, how weights fall with age and what features say, from version 3 on what
// they said of columns that were met since, in the order below, in the frame of model-frame.ts. A model
// is a file of the first version that has room for it, which older programs read. Every field is checked:
// whatever is loaded recommends by finite scores.

import {
  checkColumnFactors,
  checkPattern,
  fail,
  finite,
  increasing,
  integer,
  within,
} from "../completion/model-checks.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { beginFrame, endFrame, type FileKind, openFrame } from "../completion/model-frame.js";
import type { RepeatPolicy } from "./options.js";
import type { RankingState, RankingValidation } from "./ranking-state.js";

const kind: FileKind = { magic: "LOWRANKR", version: 3 };
/** Numbers in the file are places in this list: append only. */
const policies: readonly RepeatPolicy[] = ["once", "sum"];
const flags = { weights: 1, validation: 2 };
/** Squares of factors and sums of weights stay finite below this. */
const largest = 1e18;

/** The first version that has room for a model. */
function versionOf({ settings, rowMap, cold, described }: RankingState): number {
  if (described.length > 0) return 3;
  return settings.halfLife < Number.POSITIVE_INFINITY || rowMap || cold.length > 0 ? 2 : 1;
}

export function encodeRanking(state: RankingState, histories: boolean): Uint8Array<ArrayBuffer> {
  const { settings, validation } = state;
  const version = versionOf(state);
  const writer = beginFrame(kind, version);
  const weights = histories ? state.weights : undefined;
  writer.u32((weights ? flags.weights : 0) | (validation ? flags.validation : 0));
  writer.u32(settings.rank);
  for (const value of [settings.unobservedWeight, settings.regularization, settings.seed]) {
    writer.f64(value);
  }
  writer.f64(settings.validationFraction);
  writer.u32(policies.indexOf(settings.duplicates));
  writer.u32(state.rank);
  writer.u32(state.rowCount);
  for (const value of [state.cellWeight, state.threshold, state.unit, state.duplicates]) {
    writer.f64(value);
  }
  if (validation) {
    const { popularity, rows } = validation;
    for (const { ndcg100, recall20 } of [validation, popularity]) {
      writer.f64(ndcg100);
      writer.f64(recall20);
    }
    writer.f64(rows);
  }
  writer.texts(histories ? state.rowIds : []);
  writer.texts(state.colIds);
  writer.array(histories ? state.rowStart : new Int32Array(1));
  writer.array(histories ? state.colIndices : new Int32Array(0));
  if (weights) writer.array(weights);
  writer.array(state.popularity);
  writer.array(state.factors);
  if (version > 1) {
    for (const value of [settings.halfLife, state.latest]) writer.f64(value);
    writer.u32(state.cold.length);
    writer.array(state.cold);
    writer.u32(state.rowMap ? state.rowMap.length / state.rank : 0);
    if (state.rowMap) writer.array(state.rowMap);
  }
  if (version > 2) {
    writer.u32(state.described.length);
    writer.array(state.described);
    writer.array(state.priors);
  }
  return endFrame(writer);
}

/** @throws ModelFileError; TypeError for what is not bytes. */
export function decodeRanking(given: Uint8Array): RankingState {
  const { version, reader } = openFrame(kind, "MatrixRanking.load", given);
  const bits = reader.u32();
  if (bits > (flags.weights | flags.validation)) {
    fail("the flags", bits, "be at most 3");
  }
  const rankSetting = reader.u32();
  const [unobservedWeight, regularization, seed] = [reader.f64(), reader.f64(), reader.f64()];
  const validationFraction = reader.f64();
  const policy = reader.u32();
  if (policy >= policies.length) fail("the policy of duplicates", policy, "be 0 or 1");
  const settings = {
    rank: rankSetting,
    unobservedWeight,
    regularization,
    seed,
    validationFraction,
    duplicates: policies[policy],
    halfLife: Number.POSITIVE_INFINITY,
  };
  const rank = reader.u32();
  const rowCount = reader.u32();
  const [cellWeight, threshold, unit] = [reader.f64(), reader.f64(), reader.f64()];
  const duplicates = reader.f64();
  let validation: RankingValidation | undefined;
  if (bits & flags.validation) {
    const [ndcg100, recall20] = [reader.f64(), reader.f64()];
    const popularity = { ndcg100: reader.f64(), recall20: reader.f64() };
    validation = { ndcg100, recall20, popularity, rows: reader.f64() };
  }
  const rowIds = reader.texts();
  const colIds = reader.texts();
  const rowStart = reader.i32Array(rowIds.length + 1);
  const colIndices = reader.i32Array(rowStart[rowIds.length]);
  const weights = bits & flags.weights ? reader.f32Array(colIndices.length) : undefined;
  const cols = colIds.length;
  const state = {
    settings,
    ...{ rowIds, colIds, rowStart, colIndices, weights, unit, rowCount, duplicates, validation },
    popularity: reader.i32Array(cols),
    factors: reader.f32Array(cols * rank),
    latest: 0,
    cold: new Int32Array(0),
    described: new Int32Array(0),
    priors: new Float32Array(0),
    rowMap: undefined as RankingState["rowMap"],
    ...{ cols, rank, cellWeight, threshold },
  };
  if (version > 1) {
    settings.halfLife = reader.f64();
    state.latest = reader.f64();
    state.cold = reader.i32Array(reader.u32());
    const lines = reader.u32();
    if (lines > 0 && rank > 0) state.rowMap = reader.f32Array(lines * rank);
    else if (lines > 0) fail("the rank in use", rank, "be above 0 where there are features");
  }
  if (version > 2) {
    state.described = reader.i32Array(reader.u32());
    state.priors = reader.f32Array(state.described.length * rank);
  }
  if (reader.left > 0) throw new ModelFileError("it is damaged: bytes are left over");
  checkState(state);
  return state;
}

function checkState(state: RankingState): void {
  const { settings, cols, rank, unit, validation } = state;
  if (cols === 0) fail("the number of columns", 0, "be at least 1");
  integer("rank", settings.rank, 0, 4096);
  integer("the rank in use", rank, 0, settings.rank);
  within("unobservedWeight", settings.unobservedWeight, 1e6);
  within("regularization", settings.regularization, 1e6);
  integer("seed", settings.seed, 0);
  const fraction = settings.validationFraction;
  if (!(fraction >= 0 && fraction <= 0.5)) fail("validationFraction", fraction, "be in [0, 0.5]");
  if (!(settings.halfLife > 0)) fail("halfLife", settings.halfLife, "be above 0");
  finite("the latest time", [state.latest]);
  within("the unit of the weights", unit, largest);
  integer("the number of duplicates", state.duplicates, 0);
  increasing("row", state.rowIds);
  increasing("column", state.colIds);
  checkPattern(state);
  sized("a weight", state.weights ?? []);
  checkColumnFactors(state);
  const { cold, described } = state;
  for (const [what, list] of Object.entries({
    "without interactions": cold,
    "that was": described,
  })) {
    list.forEach((col, i) => {
      integer(`a column ${what}`, col, i > 0 ? list[i - 1] + 1 : 0, cols - 1);
    });
  }
  sized("what features said of a column", state.priors);
  sized("an entry of the map of features", state.rowMap ?? []);
  const { rowIds, rowCount } = state;
  integer("the number of rows", rowCount, Math.max(rowIds.length, 1), rowIds.length || 2 ** 31);
  for (const count of state.popularity) {
    integer("the popularity of a column", count, 0, rowCount);
  }
  if (validation === undefined) return;
  const { popularity, rows } = validation;
  finite("a measure of the validation", [
    ...[validation.ndcg100, validation.recall20, popularity.ndcg100, popularity.recall20],
  ]);
  integer("the rows of the validation", rows, 1);
}

function sized(what: string, values: ArrayLike<number>): void {
  finite(what, values);
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i]) > largest) fail(what, values[i], `be at most ${largest} in size`);
  }
}
