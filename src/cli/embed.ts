import { writeFileAtomically } from "../files/atomic-file.js";
import { encodeNpy } from "../formats/npy.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { remark } from "./errors.js";
import { rowsInParts } from "./in-parts.js";
import { modelOption, openModel } from "./open-model.js";
import { integer, threadsOption, weightStorageOption } from "./options.js";
import { checkOutputs } from "./outputs.js";
import type { Command } from "./packages.js";
import { columnNames, inputOf, readTexts, remarksOnTexts } from "./text-data.js";
import { adapted, ofTexts, onThreads } from "./text-run.js";

interface Options {
  model: string;
  adapter?: string;
  textColumns: string;
  normalize?: boolean;
  prompt?: string;
  promptName?: string;
  maxTokens?: number;
  weightStorage: NonNullable<EncoderOptions["weightStorage"]>;
  threads: number;
  out: string;
  json?: boolean;
}

/** `lowrank embed FILE --model DIR --text-columns A --out FILE.npy` */
export function addEmbed(program: Command): void {
  program
    .command("embed")
    .description("turn texts into vectors, as sentence-transformers does")
    .argument("<file>", "CSV, tab separated text or JSON lines")
    .addOption(modelOption())
    .option("--adapter <dir>", "an adapter in PEFT's layout")
    .requiredOption(
      "--text-columns <a,b>",
      "one column, or two for pairs; names, or numbers from 1",
    )
    .option("--normalize", "bring vectors to the length 1 (default: as the model says)")
    .option("--no-normalize", "leave the vectors' lengths as they are")
    .option("--prompt <text>", "put before each text (default: as the model says)")
    .option("--prompt-name <name>", "one of the model's prompts, such as query")
    .option("--max-tokens <n>", "longer texts are cut (default: at the model's limit)", integer(3))
    .addOption(weightStorageOption())
    .addOption(threadsOption("threads that share the texts out"))
    .requiredOption("--out <file.npy>", "where to write the vectors, one row a text")
    .option("--json", "print one JSON object")
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { out, normalize, prompt, promptName, maxTokens, threads, json } = options;
  checkOutputs({ "--out": out }, { FILE: file });
  const records = readTexts(file, columnNames(options.textColumns));
  const { weightStorage } = options;
  const model = await openModel("embed", options.model, { weightStorage });
  const { adapter } = options;
  const judge = adapter === undefined ? undefined : adapted(model, adapter);
  const start = performance.now();
  const settings = {
    ...(normalize === undefined ? {} : { normalize }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(promptName === undefined ? {} : { promptName }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
  const given = { threads, ...(judge && { adapter: judge.adapter }) };
  const { rows, cols, data } = await ofTexts(file, records, () =>
    onThreads(model, given, (encoder) =>
      rowsInParts(records.map(inputOf), { doing: "embedding", threads }, (some) =>
        (encoder ?? model).embed(some, settings),
      ),
    ),
  );
  const milliseconds = performance.now() - start;
  const array = { shape: [rows, cols], data: Float32Array.from(data) };
  writeFileAtomically(out, encodeNpy(array));
  remark("embed", remarksOnTexts(file, records));
  if (json) console.log(JSON.stringify({ texts: rows, width: cols, milliseconds, file: out }));
  else console.log(`${rows} texts of ${file} as vectors of ${cols} numbers: wrote ${out}`);
}
