import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ModelFileError } from "../completion/model-file-error.js";
import { writeFolder } from "../files/adapter-folder.js";
import { readFile } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import type { Adapter } from "../lora/adapter.js";
import { decodeAdapterCertificate } from "../lora/adapter-certificate.js";
import { adapterFileNames, adapterNames, saveAdapter } from "../lora/peft-files.js";
import { verifyAdapter } from "../lora/verify-adapter.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { certificateResult, checkExact, printCertificate } from "./certificate.js";
import { remark, UsageError } from "./errors.js";
import { print } from "./format.js";
import { modelOption, openModel } from "./open-model.js";
import { fraction, integer, weightStorageOption } from "./options.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";
import { columnNames, examplesOf, labelRange, readTexts, remarksOnTexts } from "./text-data.js";
import { ofTexts } from "./text-run.js";

interface Options {
  model: string;
  data: string;
  textColumns: string;
  labelColumn: string;
  labelRange?: [number, number];
  labelSeparator: string;
  evaluated?: number;
  delta: number;
  seed: number;
  weightStorage: NonNullable<EncoderOptions["weightStorage"]>;
  out?: string;
  json?: boolean;
}

/** `lowrank certify FILE --model DIR --data FILE --text-columns A --label-column B` */
export function addCertify(program: Command): void {
  program
    .command("certify")
    .description("check the certificate of an adapter, and believe nothing in it")
    .argument("<file>", "adapter.certificate, which lowrank finetune --certify wrote")
    .addOption(modelOption())
    .requiredOption("--data <file>", "labelled texts: CSV, tab separated text or JSON lines")
    .requiredOption(
      "--text-columns <a,b>",
      "one column, or two for pairs; names, or numbers from 1",
    )
    .requiredOption("--label-column <c>", "column of the labels")
    .option("--label-separator <s>", "between the labels of a text that has several", "|")
    .option("--label-range <low,high>", "labels of a similarity, which become 0 .. 1", labelRange)
    .option("--evaluated <n>", "measure on so many of the texts, drawn at random", integer(1))
    .option("--seed <n>", "of the draw: one that the maker did not know", integer(0), 0)
    .option("--delta <p>", "probability that the bound is wrong", fraction(1e-12, 1), 0.05)
    .addOption(weightStorageOption())
    .option("--out <dir>", "folder for the decoded adapter, in PEFT's layout")
    .option("--json", "print one JSON object")
    .action(run);
}

/** How certificates of networks begin. */
const ofNetworks = "LRCERTIF";

async function run(file: string, options: Options, command: Command): Promise<void> {
  checkExact(command);
  const { delta, seed, evaluated, weightStorage, out, labelSeparator, json } = options;
  checkFolderOutput("--out", out, adapterFileNames, { "the certificate": file });
  const bytes = readFile(file);
  if (new TextDecoder("latin1").decode(bytes.subarray(0, 8)) === ofNetworks) {
    throw new UsageError(
      `${file}: it is the certificate of a network: verifyCertificate of lowrank/bounds checks it, ` +
        "with the samples as a matrix",
    );
  }
  const { task } = ofCertificate(file, () => decodeAdapterCertificate("certify", bytes)).setting;
  const records = readTexts(options.data, columnNames(options.textColumns), options.labelColumn);
  const examples = examplesOf(records, task, options.data, options.labelRange, labelSeparator);
  const model = await openModel("certify", options.model, { weightStorage });
  const settings = { delta, seed, ...(evaluated && { evaluated }) };
  const report = await ofTexts(options.data, records, async () =>
    ofCertificate(file, () => verifyAdapter(bytes, model, examples, settings)),
  );
  remark("certify", remarksOnTexts(options.data, records));
  const beside = besideIt(file, report.adapter);
  if (out !== undefined) writeFolder(out, saveAdapter(report.adapter));
  if (json) {
    console.log(JSON.stringify({ ...certificateResult(report), beside }));
    return;
  }
  const { method, dimension, levels } = report.setting;
  print(`${file}: an adapter by ${method}, ${dimension} coefficients of ${levels} levels`);
  printCertificate(report, delta);
  if (beside === "same") print("  the adapter beside it is the one that it decodes to");
  if (beside === "different") print("  the adapter beside it is ANOTHER ONE");
  if (out !== undefined) print(`wrote ${out}`);
}

/** The adapter in the certificate's folder: the decoded one, another, or none. */
function besideIt(file: string, adapter: Adapter): "same" | "different" | null {
  const path = join(dirname(file), adapterNames.weights);
  if (!existsSync(path)) return null;
  const own = saveAdapter(adapter).get(adapterNames.weights)!;
  return Buffer.compare(readFileSync(path), own) === 0 ? "same" : "different";
}

/** @throws FormatError with the path, where the library says what is wrong with the file. */
function ofCertificate<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    throw new FormatError(path, error.reason);
  }
}
