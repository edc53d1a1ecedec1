// What is downloaded: an adapter in PEFT's layout, or the sentences that a few-shot classifier is made of.
import { strToU8, zipSync } from "fflate";
import { csvOf, type Labelled } from "./sentences.js";

/** Archives know no dates before this one; the same files give the same archive. */
const date = "1980-01-01T00:00:00";

export function archive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return zipSync(
    Object.fromEntries(Array.from(files, ([name, bytes]) => [name, [bytes, { mtime: date }]])),
  );
}

/**
 * A few-shot classifier is its sentences: the fit has a closed form, takes a second, and gives the same bits
 * each time.
 */
export function classifierFiles(
  model: string,
  sentences: readonly Labelled[],
): Map<string, Uint8Array> {
  return new Map([
    ["classifier/sentences.json", strToU8(`${JSON.stringify(sentences, null, 2)}\n`)],
    ["classifier/sentences.csv", strToU8(csvOf(sentences))],
    ["classifier/classifier.js", strToU8(program)],
    ["classifier/package.json", strToU8(manifest)],
    ["classifier/README.md", strToU8(readme(model))],
  ]);
}

const manifest = `${JSON.stringify(
  { name: "classifier", private: true, type: "module", dependencies: { lowrank: "^0.1.0" } },
  null,
  2,
)}\n`;

const program = `// The classifier of sentences.json. Fitting it takes about a second, once.
import { readFileSync } from "node:fs";
import { fewShot, loadEncoder } from "lowrank/lora";
import { readModelFolder } from "lowrank/lora/node";

const sentences = JSON.parse(readFileSync(new URL("sentences.json", import.meta.url), "utf8"));

/** @param folder - of the model. @returns an object whose \`classify(texts)\` gives labels. */
export function classifierOf(folder) {
  return fewShot(loadEncoder(readModelFolder(folder)), sentences, { seed: 0 });
}

if (import.meta.main ?? process.argv[1]?.endsWith("classifier.js")) {
  const [, , folder, ...texts] = process.argv;
  for (const { label, probability } of classifierOf(folder).classify(texts)) {
    console.log(label, probability.toFixed(2));
  }
}
`;

const readme = (model: string) => `# A classifier of sentences

    npm install
    npx lowrank download ${model} --out model   # unless you have its folder
    node classifier.js model "A sentence" "Another one"

The model stays as it is, and its head has a closed form: \`sentences.json\` is the whole classifier. The command
makes the same one of \`sentences.csv\`:

    npx lowrank classify new.csv --model model --text-columns text \\
      --examples sentences.csv --label-column label
`;
