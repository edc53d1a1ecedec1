// Fits that need nothing of each other, as messages: the data and all that is to be fitted, sent once, and
// what has come of each. Settings times parts of the entries that are held out.

import type { IndexedEntries } from "../completion/entries.js";
import type { CompletionOptions } from "../completion/options.js";
import type { FitTimes } from "../completion/timed-fit.js";
import { concatenate } from "../formats/bytes.js";
import { isJsonObject } from "../formats/strict-json.js";
import { ClusterError } from "./cluster-error.js";
import { bodyOf, largestBody } from "./frame.js";
import { decodeJson, encodeJson } from "./json-and-bytes.js";

/** One of the fits. */
export interface WholeFit {
  /** The number of its options. */
  readonly setting: number;
  /** The part of the entries that is held out; 0 where all are trained on. */
  readonly without: number;
}

export interface WholeFits {
  readonly dataset: IndexedEntries;
  /** The part that each entry is in; 0 where it is in none. */
  readonly parts: Uint16Array;
  readonly settings: readonly CompletionOptions[];
  readonly fits: readonly WholeFit[];
  /** The models, or only how they do on what was held out. */
  readonly wants: "models" | "measures";
}

/** How a model does on what was held out. */
export interface Measures {
  /** Values that were judged: those that look like mistakes say nothing. */
  readonly count: number;
  readonly rmse: number;
  readonly mae: number;
  /** Of mean and biases alone. */
  readonly baselineRmse: number;
}

/** What has come of a fit. */
export interface FitOutcome {
  /** As `save` gives it; empty where it was not wanted. */
  readonly model: Uint8Array<ArrayBuffer>;
  readonly times: FitTimes;
  readonly measures: Measures | undefined;
}

const bytesPerEntry = 8 + 4 + 4 + 2;

/** @throws ClusterError where it is more than a message may hold. */
export function encodeFits(name: string, given: WholeFits): Uint8Array<ArrayBuffer> {
  const { dataset, parts, ...others } = given;
  const { rowIds, colIds, rows, cols, values } = dataset;
  const columns = concatenate([values, rows, cols, parts].map(bodyOf));
  const body = encodeJson({ rowIds, colIds, count: values.length, ...others }, columns);
  if (body.length <= largestBody) return body;
  throw new ClusterError(
    `${name}: the data takes ${body.length} bytes: at most ${largestBody} can be sent to workers, ` +
      `${bytesPerEntry} for each value and those of the ids`,
  );
}

/** @throws FormatError or ClusterError for what is not that. What the options say is checked by the fit. */
export function decodeFits(body: Uint8Array): WholeFits {
  const { json, bytes } = decodeJson(body, "input of independent fits");
  const { rowIds, colIds, count, settings, fits, wants } = json;
  const wrong = new ClusterError("the input of the run is not one of independent fits");
  if (!Number.isSafeInteger(count) || bytes.length !== (count as number) * bytesPerEntry)
    throw wrong;
  if (!areTexts(rowIds) || !areTexts(colIds)) throw wrong;
  if (!Array.isArray(settings) || !settings.every(isJsonObject)) throw wrong;
  if (!Array.isArray(fits) || !fits.every((fit) => isFit(fit, settings.length))) throw wrong;
  if (wants !== "models" && wants !== "measures") throw wrong;
  const n = count as number;
  const { buffer } = bytes;
  const values = new Float64Array(buffer, 0, n);
  const rows = new Int32Array(buffer, 8 * n, n);
  const cols = new Int32Array(buffer, 12 * n, n);
  const parts = new Uint16Array(buffer, 16 * n, n);
  const areNumbers = (list: Int32Array, end: number) => list.every((id) => id >= 0 && id < end);
  if (!areNumbers(rows, rowIds.length) || !areNumbers(cols, colIds.length)) throw wrong;
  if (!values.every(Number.isFinite)) throw wrong;
  return {
    dataset: { rowIds, colIds, rows, cols, values },
    parts,
    settings: settings as CompletionOptions[],
    fits: fits as WholeFit[],
    wants,
  };
}

const areTexts = (list: unknown): list is string[] =>
  Array.isArray(list) && list.every((id) => typeof id === "string");

const isFit = (fit: unknown, settings: number): boolean =>
  isJsonObject(fit) &&
  Number.isSafeInteger(fit.setting) &&
  (fit.setting as number) >= 0 &&
  (fit.setting as number) < settings &&
  Number.isSafeInteger(fit.without);

/** What is held out of a fit, marked by 1. */
export const heldOutOf = (parts: Uint16Array, { without }: WholeFit): Uint8Array =>
  Uint8Array.from(parts, (part) => Number(without > 0 && part === without));

export const encodeOutcome = ({ model, times, measures }: FitOutcome): Uint8Array<ArrayBuffer> =>
  encodeJson({ times, ...(measures && { measures }) }, model);

/** @throws FormatError or ClusterError for what is not that. */
export function decodeOutcome(body: Uint8Array, wants: WholeFits["wants"]): FitOutcome {
  const { json, bytes: model } = decodeJson(body, "outcome of a fit");
  const { times, measures } = json as unknown as FitOutcome;
  const areFigures = (given: object, ...names: string[]) =>
    isJsonObject(given) && names.every((name) => typeof given[name] === "number");
  const isWhole =
    areFigures(times, "milliseconds", "stepMilliseconds") &&
    Array.isArray(times.curve) &&
    (wants === "models"
      ? model.length > 0
      : areFigures(measures as object, "count", "rmse", "mae", "baselineRmse"));
  if (!isWhole) throw new ClusterError("what a worker has made is not the outcome of a fit");
  return { model, times, measures };
}
