// Explore a matrix, in a browser.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, onTestFinished } from "vitest";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { svd } from "../../src/linalg/svd.js";
import { faultsLightAndDark, unreached } from "./browser.mjs";
import { walk } from "./walk.js";

walk(
  "a .npy file is decomposed to the numbers of svd, and the factors are downloaded",
  async ({ visit }) => {
    const { page, problems, download } = await visit("matrix.html");
    const A = Matrix.randomNormal(30, 12, { seed: 5 });
    const buffer = Buffer.from(
      encodeNpy({ shape: [30, 12], data: A.data as Float64Array<ArrayBuffer> }),
    );
    await page.setInputFiles("#file input", { name: "A.npy", mimeType: "", buffer });
    await page.waitForSelector("#explored:not([hidden])");
    await page.fill("#rank", "3");
    const files = unzipSync(await download("#save"));
    const { U, S, V } = svd(A);
    const first = ({ rows, data }: Matrix) =>
      Float64Array.from({ length: 3 * rows }, (_, i) => data[Math.floor(i / 3) * 12 + (i % 3)]);
    expect(decodeNpy(files["U.npy"])).toEqual({ shape: [30, 3], data: first(U) });
    expect(decodeNpy(files["S.npy"])).toEqual({ shape: [3], data: S.slice(0, 3) });
    expect(decodeNpy(files["V.npy"])).toEqual({ shape: [12, 3], data: first(V) });
    expect(problems).toEqual([]);
  },
);

walk(
  "the sample is seen, light and dark, wide and narrow, by mouse and keyboard",
  async ({ visit }) => {
    for (const width of [1280, 390]) {
      const { page, problems } = await visit("matrix.html", { width });
      await page.click("#sample");
      await page.waitForSelector("#explored:not([hidden])");
      expect(await page.locator("#points circle").count()).toBe(300);
      expect(await faultsLightAndDark(page)).toEqual([]);
      expect(await unreached(page)).toEqual([]);
      expect(problems).toEqual([]);
    }
  },
);

walk("bad files are refused in words, and tables of text are read", async ({ visit }) => {
  const { page, problems } = await visit("matrix.html");
  const give = (name: string, text: string) => {
    const buffer = Buffer.from(text, "latin1");
    return page.setInputFiles("#file input", { name, mimeType: "", buffer });
  };
  const said = async (pattern: RegExp) => {
    await page.waitForFunction(
      (source) =>
        new RegExp(source).test(
          document.querySelector("#problem:not([hidden])")?.textContent ?? "",
        ),
      pattern.source,
    );
  };
  await give("a.npy", "");
  await said(/empty/);
  await give("a.npy", "\x93NUMPY");
  await said(/a\.npy/);
  await give("a.csv", "1,2\n");
  await said(/1 x 2/);
  await give("a.csv", "1,2\n3,x\n");
  await said(/"x" is not a number/);
  await give("a.csv", "1,2\n3\n");
  await said(/1 fields/);
  await give("a.csv", "1,2\n3,1e999\n");
  await said(/not a finite/);
  // In Latin-1, as give writes it.
  await give("a.csv", "name;x;y\nann;1;2\nRené;3;5\ncy;5;8\n");
  await page.waitForSelector("#explored:not([hidden])");
  expect(await page.textContent("#points")).toContain("René");
  await give("zeros.csv", "0,0\n0,0\n0,0\n");
  await page.waitForFunction(() =>
    document.querySelector("#tiles")?.textContent?.includes("3 × 2"),
  );
  expect(problems).toEqual([]);
});

walk(
  "fifty megabytes are decomposed, and the worker is gone when the page is",
  async ({ visit }) => {
    const { page, problems } = await visit("matrix.html");
    const folder = mkdtempSync(join(tmpdir(), "lowrank-matrix-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const row = (i: number) =>
      Array.from({ length: 50 }, (_, j) => ((i * (j + 7)) % 9973) / 100 + 100);
    const block = Array.from({ length: 1000 }, (_, i) => row(i).join(",")).join("\n");
    const times = Math.ceil(50e6 / block.length);
    writeFileSync(join(folder, "large.csv"), Array(times).fill(block).join("\n"));
    await page.setInputFiles("#file input", join(folder, "large.csv"));
    await page.waitForSelector("#explored:not([hidden])");
    expect(await page.textContent("#tiles")).toContain(
      `${(1000 * times).toLocaleString("en-US")} × 50`,
    );
    expect(page.workers()).toHaveLength(1);
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await expect.poll(() => page.workers()).toHaveLength(0);
    // Back on the page: it starts again.
    await page.click("#sample");
    await page.waitForFunction(() => document.querySelectorAll("#points circle").length === 300);
    expect(problems).toEqual([]);
  },
);
