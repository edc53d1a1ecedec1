// The examples of examples/interop run as a user's script does, and docs/how-to/interop.md shows them as
// they are.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { missingFile, testWith } from "../helpers/needs.js";

const folder = fileURLToPath(new URL("../../examples/interop/", import.meta.url));
const page = readFileSync(new URL("../../docs/how-to/interop.md", import.meta.url), "utf8");
const examples = readdirSync(folder).filter(
  (file) => file.endsWith(".mjs") && file !== "install.mjs",
);

// Where LOWRANK_ALL_RUNTIMES is set a missing neighbour fails its test instead of skipping it.
const missing = process.env.LOWRANK_ALL_RUNTIMES
  ? undefined
  : missingFile(
      `${folder}node_modules/lowrank`,
      "the neighbours are not installed: npm run examples:install",
    );

testWith(missing).each(examples)("the example %s runs and finds its claims true", async (file) => {
  await promisify(execFile)(process.execPath, [file], { cwd: folder });
});

test.each(examples)("docs/how-to/interop.md shows %s as it is", (file) => {
  expect(page).toContain(`\`\`\`js\n${readFileSync(folder + file, "utf8")}\`\`\`\n`);
});

test("docs/how-to/interop.md shows no example that is not there", () => {
  expect([...page.matchAll(/^```js$/gm)].length).toBe(examples.length);
});
