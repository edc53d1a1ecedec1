// Question: what does the certificate of an adapter prove on a real encoder?
//   node bench/certified-adapter.mjs [--task collections] [--method lora] [--rank 4] [--dimension 400]
//     [--steps 300] [--rate 0.03] [--choices 1] [--texts N]
// MiniLM-L6 on the training texts of a task of lab/glue.mjs: "collections" says which of three
// collections a sentence of STS-B is from.
import { parseArgs } from "node:util";
import { adapterCertification } from "../dist/lora/index.js";
import { loadGlue } from "../lab/glue.mjs";
import { loadMiniLm } from "../lab/minilm.mjs";

const text = (value) => ({ type: "string", default: value });
const { values } = parseArgs({
  options: {
    ...{ task: text("collections"), method: text("lora"), rank: text("4"), steps: text("300") },
    ...{ dimension: text("400"), rate: text("0.03"), choices: text("1"), texts: text("1e9") },
  },
});
const number = (name) => Number(values[name]);
const { pool, selection, task } = loadGlue(values.task);
const known = [...pool, ...selection].filter(({ label }) => label >= 0);
const examples = known.slice(0, number("texts"));
const run = adapterCertification(loadMiniLm(), examples, {
  ...{ task, method: values.method, maxTokens: 48, learningRate: number("rate") },
  ...{ rank: number("rank"), dimension: number("dimension") },
  ...{ steps: number("steps"), choices: number("choices") },
});
let next = run.next();
for (; !next.done; next = run.next()) {
  const { phase, step, totalSteps, loss } = next.value;
  if (step % 50 === 0) console.log(`${phase} ${step} of ${totalSteps}: loss ${loss.toFixed(3)}`);
}
const { file, samples, error, bits, fileBits, bound, fileBound, constant, vacuous } = next.value;
console.log({ texts: samples, error, bits, fileBits, bound, fileBound, constant, vacuous });
console.log(`${file.length} bytes`);
