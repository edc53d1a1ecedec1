#!/usr/bin/env node
import { OutOfMemoryError, UnsupportedError } from "../wasm/index.js";
import { addCertify } from "./certify.js";
import { addClassify } from "./classify.js";
import { addDownload } from "./download.js";
import { addEmbed } from "./embed.js";
import { exitCodeOf, oneLine, UsageError } from "./errors.js";
import { addExplain } from "./explain.js";
import { addExport } from "./export.js";
import { addFinetune } from "./finetune.js";
import { addInfo } from "./info.js";
import { addOnnx } from "./onnx.js";
import { manifest } from "./package-file.js";
import { Command, CommanderError } from "./packages.js";
import { addPca } from "./pca.js";
import { addPredict } from "./predict.js";
import { addRecommend } from "./recommend.js";
import { useRelaxedKernels } from "./relaxed-kernels.js";
import { addShard } from "./shard.js";
import { addSimilar } from "./similar.js";
import { addStatus } from "./status.js";
import { addSvd } from "./svd.js";
import { addEvaluate, addTrain } from "./train.js";
import { addUpdate } from "./update.js";
import { addVerify } from "./verify.js";
import { addWorker } from "./worker.js";

/** Every command: one file each, which adds its arguments, options, help and action. */
const commands = [
  addTrain,
  addEvaluate,
  addWorker,
  addStatus,
  addShard,
  addUpdate,
  addRecommend,
  addSimilar,
  addExplain,
  addPredict,
  addInfo,
  addExport,
  addSvd,
  addPca,
  addVerify,
  addDownload,
  addFinetune,
  addEmbed,
  addClassify,
  addCertify,
  addOnnx,
];

async function main(): Promise<void> {
  const program = new Command("lowrank")
    .description(
      "Low-rank learning: recommendations from clicks and ratings, singular values, text encoders.",
    )
    .version(manifest().version)
    .option(
      "--relaxed",
      "compute with fused multiply-add: faster, but the last bits may differ between machines",
    )
    .configureHelp({ showGlobalOptions: true })
    .hook("preAction", (command) => {
      if (command.opts().relaxed) useRelaxedKernels();
    })
    .exitOverride()
    // Errors are printed below, in one line, whoever found them.
    .configureOutput({ outputError() {} });
  for (const add of commands) add(program);

  try {
    if (process.argv.length < 3) {
      const names = program.commands.map((command) => command.name());
      throw new UsageError(`name a command (${names.join(", ")}) or see --help`);
    }
    await program.parseAsync();
  } catch (error) {
    const name = program.commands.find((command) => command.name() === process.argv[2])?.name();
    fail(name ? `lowrank ${name}` : "lowrank", error);
  }
}

function fail(name: string, error: unknown): void {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return; // --help, --version
    process.stderr.write(`${name}: ${oneLine(error.message.replace(/^error: /, ""))}\n`);
    process.exitCode = 2;
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${name}: ${oneLine(message)}\n`);
  process.exitCode = exitCodeOf(error);
  // A defect of ours: where it happened belongs into the report of it.
  const named = error instanceof OutOfMemoryError || error instanceof UnsupportedError;
  const expected = "code" in Object(error) || named;
  if (process.exitCode === 1 && !expected) console.error(error);
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as in `lowrank ... | head`, is not an error.
  if (error.code !== "EPIPE") {
    const reason = error.code === "ENOSPC" ? "the disk is full" : error.message;
    process.stderr.write(`lowrank: standard output cannot be written: ${oneLine(reason)}\n`);
    process.exitCode = 1;
  }
  process.exit();
});
// Where nobody reads the messages there is still the exit code.
process.stderr.on("error", () => {});

await main();
