import { printable, quote } from "../check/describe.js";
import { decisions } from "../lora/decisions.js";
import { useOwnHead } from "../lora/use-adapter.js";
import { classifyByExamples, type ExampleOptions, usesExamples } from "./classify-by-examples.js";
import { remark, UsageError } from "./errors.js";
import { rowsInParts } from "./in-parts.js";
import { modelOption, openModel } from "./open-model.js";
import { integer, threadsOption, weightStorageOption } from "./options.js";
import type { Command } from "./packages.js";
import { columnNames, inputOf, readTexts, remarksOnTexts } from "./text-data.js";
import { adapted, ofTexts, onThreads } from "./text-run.js";

interface Options extends ExampleOptions {
  labelSeparator: string;
}

/** `lowrank classify FILE --model DIR [--adapter DIR | --examples FILE] --text-columns A` */
export function addClassify(program: Command): void {
  program
    .command("classify")
    .description("judge texts with a fine-tuned encoder: a class, labels or a number for each")
    .argument("<file>", "CSV, tab separated text or JSON lines")
    .addOption(modelOption())
    .option("--adapter <dir>", "an adapter in PEFT's layout (default: the model's own head)")
    .option("--examples <file>", "learn from these labelled texts, in the same columns, before")
    .option("--label-column <c>", "of --examples: column of the labels")
    .requiredOption(
      "--text-columns <a,b>",
      "one column, or two for pairs; names, or numbers from 1",
    )
    .option("--max-tokens <n>", "longer texts are cut", integer(3), 128)
    .addOption(weightStorageOption())
    .addOption(threadsOption("threads that share the texts out"))
    .option("--label-separator <s>", "between the labels of a text that has several", "|")
    .option("--json", "print one JSON object")
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const columns = columnNames(options.textColumns);
  const records = readTexts(file, columns);
  const { weightStorage } = options;
  if (usesExamples(options)) {
    return classifyByExamples(file, records, options);
  }
  const model = await openModel("classify", options.model, { weightStorage });
  const { adapter: folder, maxTokens, labelSeparator, threads } = options;
  const judge =
    folder === undefined ? useOwnHead(model, maxTokens) : adapted(model, folder, maxTokens);
  const { task, fromModel } = judge.adapter;
  if (task.kind === "similarity" && fromModel) {
    throw new UsageError(
      `${folder}: neither it nor ${options.model} has a head that judges texts: embed gives their vectors`,
    );
  }
  if (task.kind === "similarity" && columns.length !== 2) {
    throw new UsageError("the adapter compares two texts: --text-columns must be two names");
  }
  const labels = "labels" in task ? task.labels : null;
  const joined = task.kind === "multi-label" && labels?.find((l) => l.includes(labelSeparator));
  if (joined && !options.json) {
    throw new UsageError(
      `--label-separator is ${quote(labelSeparator)}, which the label ${quote(joined)} holds: name ` +
        "another one, or take --json",
    );
  }
  const given = { threads, maxTokens, ...(folder !== undefined && { adapter: judge.adapter }) };
  const scores = await ofTexts(file, records, () =>
    onThreads(model, given, (encoder) =>
      rowsInParts(records.map(inputOf), { doing: "judging", threads }, (some) =>
        (encoder ?? judge).predict(some),
      ),
    ),
  );
  remark("classify", remarksOnTexts(file, records));
  const name = (decision: number) => (labels === null ? decision : labels[decision]);
  const predictions = decisions(scores, task).map((decision, i) => ({
    line: records[i].line,
    prediction: typeof decision === "number" ? name(decision) : decision.map(name),
    scores: Array.from(scores.row(i)),
  }));
  if (options.json) {
    console.log(JSON.stringify({ task: task.kind, labels, predictions }));
  } else {
    for (const { prediction } of predictions) {
      console.log(printable([prediction].flat().map(String).join(labelSeparator)));
    }
  }
}
