import type { IndexedEntries } from "../../completion/entries.js";
import type { MatrixCompletion } from "../../completion/matrix-completion.js";
import { bytesPerParameter } from "../compare-wide.js";
import { bytes, count, duration, times } from "../format.js";
import { version } from "../package-file.js";
import { sampleRows } from "../sample-rows.js";
import type { CompleteResult } from "../summary.js";
import type { CurvePoint } from "./plots.js";
import { type ComparisonLine, renderReport } from "./report.js";

export interface ReportInput {
  source: string;
  dataset: IndexedEntries;
  result: CompleteResult;
  model: MatrixCompletion;
  /** Prediction minus rating of everything held out. */
  errors: readonly number[];
}

/** The report page of a run of `complete`. */
export function makeReport({ source, dataset, result, model, errors }: ReportInput): string {
  return renderReport({
    ...result,
    source,
    rank: model.rank,
    curve: curve(model),
    singularValues: Array.from(model.singularValues()),
    errors,
    samples: sampleRows(dataset, model, 6, 5),
    comparison: comparison(result),
    command: ["lowrank", ...process.argv.slice(2)].join(" "),
    version: version(),
  });
}

const phaseNames = { search: "candidates", refit: "the chosen one, on all ratings" };

function curve(model: MatrixCompletion): CurvePoint[] {
  return model.history.flatMap(({ phase, ...point }) =>
    phase === "biases" ? [] : [{ ...point, phase: phaseNames[phase] }],
  );
}

function comparison(result: CompleteResult): ComparisonLine[] {
  const { parameters, wideParameters, stepMilliseconds } = result;
  const { wideStepMilliseconds, speedup } = result;
  const fewer = times(wideParameters / parameters);
  const lines = [
    {
      what: "Parameters",
      wide: count(wideParameters),
      compressed: count(parameters),
      ratio: `${fewer} fewer`,
    },
    {
      what: "Memory for parameters, gradient and optimizer",
      wide: bytes(bytesPerParameter * wideParameters),
      compressed: bytes(bytesPerParameter * parameters),
      ratio: `${fewer} less`,
    },
  ];
  if (wideStepMilliseconds !== undefined && speedup !== undefined) {
    lines.push({
      what: "One training step",
      wide: duration(wideStepMilliseconds),
      compressed: duration(stepMilliseconds),
      ratio: `${times(speedup)} faster`,
    });
  }
  return lines;
}
