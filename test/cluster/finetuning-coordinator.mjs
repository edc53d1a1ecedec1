// A coordinator of a fine-tuning run as a process: prints the number of each step.
// node finetuning-coordinator.mjs FOLDER FILE, a file with the examples and the options
import { readFileSync } from "node:fs";
import { ClusterFinetuning } from "../../dist/cluster/index.js";
import { Lora, loadEncoder } from "../../dist/lora/index.js";
import { readModelFolder } from "../../dist/lora/node.js";

const [folder, file] = process.argv.slice(2);
const { examples, options } = JSON.parse(readFileSync(file, "utf8"));
const model = loadEncoder(readModelFolder(folder));
const method = new Lora(options.method);
const run = await ClusterFinetuning.create(model, examples, { ...options, method });
for (;;) console.log((await run.step()).step);
