// The programs of the how-to pages, as a user's project has them: bundled, called, opened in a page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { build as buildWithVite } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testWith } from "../helpers/needs.js";
import { visitPage } from "../helpers/served-page.js";
import { blocksOf, install, pack, run, writeProgram } from "../helpers/walkthrough.js";
import { chromiumPath } from "../runtimes/browsers.mjs";

const folder = mkdtempSync(join(tmpdir(), "lowrank-how-to-"));

beforeAll(async () => {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { tarball, remove } = await pack();
  await run("sh", ["-c", install(tarball)], { cwd: folder });
  remove();
  for (const page of ["browser", "jest-and-typescript"]) {
    for (const block of blocksOf(`docs/how-to/${page}.md`)) {
      if (block.file) writeProgram(folder, block);
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the component of docs/how-to/browser.md imports what there is", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(folder, "app.jsx")],
    ...{ bundle: true, format: "esm", write: false, jsx: "automatic" },
    external: ["react", "react/jsx-runtime"],
  });
  expect(outputFiles[0].text).toContain("Shop");
});

testWith(chromiumPath() ? undefined : "Chromium: CHROME_PATH names one")(
  "the page of docs/how-to/browser.md trains in a worker, under the policy that the page gives",
  async () => {
    const policy = /Content-Security-Policy: (.*)/.exec(
      readFileSync(new URL("../../docs/how-to/browser.md", import.meta.url), "utf8"),
    )![1];
    writeFileSync(
      join(folder, "index.html"),
      `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">
       <body><script type="module" src="page.js"></script></body>`,
    );
    await buildWithVite({ root: folder, configFile: false, logLevel: "error" });
    await visitPage(folder, "dist", (page) => page.getByText("cola").waitFor());
  },
);
