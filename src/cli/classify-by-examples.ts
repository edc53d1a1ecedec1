// `lowrank classify --examples`: a classifier of a few labelled texts, made on the way.
import { printable } from "../check/describe.js";
import type { TextRecord } from "../formats/text-table.js";
import { fewShot } from "../lora/few-shot.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { remark, UsageError } from "./errors.js";
import { judgement } from "./few-shot-judgement.js";
import { inParts } from "./in-parts.js";
import { checkLabels } from "./labels.js";
import { openModel } from "./open-model.js";
import { columnNames, inputOf, readTexts, remarksOnTexts } from "./text-data.js";
import { ofTexts } from "./text-run.js";

export interface ExampleOptions {
  model: string;
  adapter?: string;
  examples?: string;
  labelColumn?: string;
  textColumns: string;
  maxTokens: number;
  weightStorage: NonNullable<EncoderOptions["weightStorage"]>;
  threads: number;
  json?: boolean;
}

/**
 * Whether a classifier is made of examples. @throws UsageError when the options do not go together.
 */
export function usesExamples({ examples, labelColumn, adapter, threads }: ExampleOptions): boolean {
  if ((examples === undefined) !== (labelColumn === undefined)) {
    throw new UsageError("--examples and --label-column go together");
  }
  if (examples === undefined) return false;
  if (adapter !== undefined) {
    throw new UsageError("--examples makes a classifier of its own: leave --adapter out");
  }
  if (threads > 1) throw new UsageError("--examples works on one thread: leave --threads out");
  return true;
}

/** Learns from the examples, says how well, and judges. */
export async function classifyByExamples(
  file: string,
  records: readonly TextRecord[],
  options: ExampleOptions,
): Promise<void> {
  const { examples: source, labelColumn, textColumns, maxTokens, weightStorage, json } = options;
  const labelled = readTexts(source!, columnNames(textColumns), labelColumn!);
  checkLabels(labelled, source!);
  const model = await openModel("classify", options.model, { weightStorage });
  const examples = labelled.map((record) => ({ ...inputOf(record), label: record.label! }));
  const classifier = await ofTexts(source!, labelled, async () =>
    fewShot(model, examples, { maxTokens }),
  );
  const { labels, evidence } = classifier;
  const parts = await ofTexts(file, records, () =>
    inParts(records.map(inputOf), { doing: "judging" }, (some) => classifier.classify(some)),
  );
  remark("classify", [
    ...remarksOnTexts(source!, labelled),
    ...remarksOnTexts(file, records),
    judgement(evidence, examples.length),
  ]);
  const predictions = parts.flat().map(({ label, probabilities }, i) => ({
    ...{ line: records[i].line, prediction: label, scores: probabilities },
  }));
  if (json) console.log(JSON.stringify({ task: "classification", labels, evidence, predictions }));
  else for (const { prediction } of predictions) console.log(printable(prediction));
}
