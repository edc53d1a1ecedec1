// What is downloaded: an adapter in PEFT's layout, or a few-shot classifier with a program that asks it.
import { strToU8, zipSync } from "fflate";
import { csvOf, type Labelled } from "./sentences.js";

/** Archives know no dates before this one; the same files give the same archive. */
const date = "1980-01-01T00:00:00";

export function archive(folder: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Array.from(files, ([name, bytes]) => [`${folder}/${name}`, [bytes, { mtime: date }]]),
    ),
  );
}

/** What stands beside a classifier: a program that asks it, and the sentences that it was made of. */
export function addProgram(
  files: Map<string, Uint8Array>,
  model: string,
  sentences: readonly Labelled[],
): void {
  files.set("classifier.js", strToU8(program));
  files.set("sentences.csv", strToU8(csvOf(sentences)));
  files.set("package.json", strToU8(manifest));
  files.set("README.md", strToU8(readme(model)));
}

const manifest = `${JSON.stringify(
  { name: "classifier", private: true, type: "module", dependencies: { lowrank: "^0.1.0" } },
  null,
  2,
)}\n`;

const program = `// Asks the classifier of classifier.bin.
import { readFileSync } from "node:fs";
import { FewShotClassifier, loadEncoder } from "lowrank/lora";
import { readModelFolder } from "lowrank/lora/node";

const bytes = readFileSync(new URL("classifier.bin", import.meta.url));

/** @param folder - of the model. @returns an object whose \`classify(texts)\` gives labels. */
export function classifierOf(folder) {
  return FewShotClassifier.load(bytes, loadEncoder(readModelFolder(folder)));
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

\`classifier.bin\` is the classifier without the model, which stays as it is. The command makes the same one of
\`sentences.csv\`:

    npx lowrank classify new.csv --model model --text-columns text \\
      --examples sentences.csv --label-column label
`;
