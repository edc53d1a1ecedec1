import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import * as lowrank from "../../src/index.js";
import { docExamples, runExample } from "../helpers/examples.js";

const src = fileURLToPath(new URL("../../src/", import.meta.url));

const examples = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".text.ts"))
  .flatMap((path) =>
    docExamples(readFileSync(src + path, "utf8")).map((example) => ({ path, ...example })),
  );

// Where a name is not part of the package's entry, the file itself exports it.
test.each(examples)("the example at src/$path:$line does what it says", async ({ path, code }) => {
  const own = await import(pathToFileURL(src + path).href);
  await runExample(code, { ...lowrank, ...own });
});

test("an example that claims something wrong is found out", async () => {
  const right = ["1 + 1; // 2", "[1, 2]; // [1, 2]", "1 / 3; // 0.333", "1; // about one"];
  await runExample(
    [...right, "Int8Array.of(1);", "// Int8Array [1]", "[1.5, 2]; // 1.5, 2"].join("\n"),
    {},
  );
  for (const wrong of [
    "1 + 1; // 3",
    "console.log([1]); // [2]",
    "1 / 3; // 0.334",
    "x; // 1",
    "1;\n// 2",
  ]) {
    await expect(runExample(wrong, {})).rejects.toThrow();
  }
});
