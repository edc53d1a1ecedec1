// The programs of the how-to pages, as a user's project has them: bundled, called, opened in a page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { build as buildWithVite, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rankMatrix } from "../../src/index.js";
import { testWith } from "../helpers/needs.js";
import { blocksOf, install, pack, run, writeProgram } from "../helpers/walkthrough.js";
import { chromiumPath } from "../runtimes/chromium.mjs";

const folder = mkdtempSync(join(tmpdir(), "lowrank-how-to-"));
const importFrom = (file: string) => import(pathToFileURL(join(folder, file)).href);

beforeAll(async () => {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const { tarball, remove } = await pack();
  await run("sh", ["-c", install(tarball)], { cwd: folder });
  remove();
  for (const page of ["deploy", "browser", "jest-and-typescript"]) {
    for (const block of blocksOf(`docs/how-to/${page}.md`)) {
      if (block.file) writeProgram(folder, block);
    }
  }
  const shop = rankMatrix(
    {
      rowIds: [0, 0, 1, 1, 2, 2, 3, 3],
      colIds: ["pot", "tea", "pot", "tea", "rum", "gin", "rum", "gin"],
    },
    { validationFraction: 0 },
  );
  writeFileSync(join(folder, "shop.model"), shop.save());
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the Worker of docs/how-to/deploy.md answers, and says what it refuses", async () => {
  await build({
    entryPoints: [join(folder, "src/worker.js")],
    ...{ bundle: true, format: "esm", platform: "browser", loader: { ".model": "binary" } },
    target: "node20",
    outfile: join(folder, "worker.bundle.mjs"),
  });
  const { default: worker } = await importFrom("worker.bundle.mjs");
  const answer = await worker.fetch(new Request("https://shop.example/?has=pot"));
  expect((await answer.json())[0]).toBe("tea");
  expect(readFileSync(join(folder, "wrangler.toml"), "utf8")).toContain('main = "src/worker.js"');
});

test("the functions of docs/how-to/deploy.md answer", async () => {
  const { GET } = await importFrom("api/recommend.js");
  const answer = await GET(new Request("https://shop.example/api/recommend?has=rum"));
  expect((await answer.json())[0]).toBe("gin");

  const { handler } = await importFrom("index.mjs");
  for (const event of [
    { rawQueryString: "has=rum" },
    { multiValueQueryStringParameters: { has: ["rum"] } },
  ]) {
    const { statusCode, body } = await handler(event);
    expect([statusCode, JSON.parse(body)[0]]).toEqual([200, "gin"]);
  }
});

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
    const settings = { root: folder, configFile: false, logLevel: "error" } as const;
    await buildWithVite(settings);
    const server = await preview({ ...settings, preview: { port: 0 } });
    const browser = await chromium.launch({
      executablePath: chromiumPath()!,
      args: ["--no-sandbox"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls!.local[0]);
      await page.getByText("cola").waitFor();
    } finally {
      await browser.close();
      await server.close();
    }
  },
);
