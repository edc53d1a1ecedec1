// Bring your own data, in a browser.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { MatrixRanking } from "../../src/ranking/matrix-ranking.js";
import { faultsLightAndDark, unreached } from "./browser.mjs";
import { walk } from "./walk.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const sample = brotliDecompressSync(
  readFileSync(new URL("../../data/movietweetings.csv.br", import.meta.url)),
);
/** Gives the page a file. */
async function give(page: Page, text: string | Buffer, name = "ratings.csv"): Promise<void> {
  const buffer = typeof text === "string" ? Buffer.from(text) : text;
  await page.setInputFiles("#file input", { name, mimeType: "text/csv", buffer });
}

const trained = (page: Page) => page.waitForSelector("#trained:not([hidden])");
const problem = (page: Page) => page.textContent("#file-problem:not([hidden])");

/** The figures of the command on the sample, without times. */
function figuresOfCommand(...options: string[]): object {
  const args = [command, "train", "-", "--json", ...options];
  return timeless(execFileSync(process.execPath, args, { input: sample, encoding: "utf8" }));
}

function timeless(json: string): object {
  const { milliseconds, stepMilliseconds, ...rest } = JSON.parse(json);
  return rest;
}

/** A few tastes: rows of one half like columns of one half. */
const clicks = `user,item\n${Array.from({ length: 40 }, (_, u) =>
  Array.from({ length: 6 }, (_, k) => `u${u},i${(u % 2) * 10 + ((u * 3 + k * 7) % 10)}`).join("\n"),
).join("\n")}\n`;

walk(
  "the sample trains to the figures of the command, and every part of the page works",
  async ({ visit }) => {
    const { page, problems } = await visit("recommend.html");
    await page.click("#sample");
    await page.click("#train");
    await trained(page);
    expect(timeless((await page.textContent("#json"))!)).toEqual(
      figuresOfCommand("--min-value", "8"),
    );

    await page.click("#items button >> nth=2");
    await page.waitForFunction(
      () => document.querySelectorAll("#found [data-similar]").length === 8,
    );
    expect(await page.textContent("#found")).toContain("because of");
    const before = await page.textContent("#found");
    await page.click("#chosen button >> nth=0");
    await page.waitForFunction(
      (old) => document.querySelector("#found")?.textContent !== old,
      before,
    );
    await page.click("#found [data-similar] >> nth=0");
    await page.waitForSelector("#similar li");
    expect(await page.locator("#map circle").count()).toBeGreaterThan(200);

    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    expect(problems).toEqual([]);
  },
);

walk(
  "ratings are predicted with the figures of the command, and change with a rating",
  async ({ visit }) => {
    const { page, problems } = await visit("recommend.html", { width: 390 });
    await page.click("#sample");
    await page.check("[name=learn][value=ratings]");
    await page.click("#train");
    await trained(page);
    expect(timeless((await page.textContent("#json"))!)).toEqual(figuresOfCommand());
    await page.waitForSelector("#found b");
    const before = await page.textContent("#found");
    await page.selectOption("#chosen select", "0");
    await page.waitForFunction(
      (old) => document.querySelector("#found")?.textContent !== old,
      before,
    );
    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    expect(problems).toEqual([]);
  },
);

walk("the downloads are a model that loads and a project that answers", async ({ visit }) => {
  const { page, problems, download } = await visit("recommend.html");
  await give(page, clicks);
  await page.click("#train");
  await trained(page);
  const bytes = await download("#save-model");
  const model = MatrixRanking.load(bytes);
  const files = unzipSync(await download("#save-project"));
  expect(files["recommender/src/recommender.model"]).toEqual(bytes);
  const program = new TextDecoder().decode(files["recommender/src/index.js"]);
  Object.assign(globalThis, { lowrankForTest: { MatrixRanking }, modelForTest: bytes });
  const { default: worker } = await import(
    `data:text/javascript,${encodeURIComponent(
      program
        .replace(/import \{ (\w+) \} from "lowrank";/, "const { $1 } = globalThis.lowrankForTest;")
        .replace(/import bytes from .*;/, "const bytes = globalThis.modelForTest;"),
    )}`
  );
  const answer = await worker.fetch(new Request("http://localhost/recommend?items=i0,i2"));
  expect(await answer.json()).toEqual(model.recommend(model.foldIn(["i0", "i2"]), 10));
  expect((await worker.fetch(new Request("http://localhost/"))).status).toBe(404);
  expect(problems).toEqual([]);
});

walk(
  "columns that the reader takes can be changed, and what it refuses can be mended",
  async ({ visit }) => {
    const { page } = await visit("recommend.html");
    // By their names, not by their order.
    const timed = Array.from(
      { length: 30 },
      (_, i) => `${i % 5},${1.5e9 + i},${i % 6},${1 + (i % 3)}`,
    );
    await give(page, `userId,timestamp,movieId,rating\n${timed.join("\n")}\n`);
    await page.waitForSelector("#task:not([hidden])");
    expect(await page.textContent("#summary")).toBe(
      "30 ratings by 5 users of 6 items, from 1 to 3.",
    );
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 5},item ${i % 6},user ${i % 7}`);
    await give(page, `${rows.join("\n")}\n`);
    expect(await problem(page)).toMatch(/choose the columns below/);
    await page.selectOption('[data-role="0"]', "3");
    await page.selectOption('[data-role="1"]', "2");
    await page.selectOption('[data-role="2"]', "1");
    await page.waitForSelector("#task:not([hidden])");
    expect(await page.textContent("#summary")).toContain("by 7 users of 6 items");
    await page.selectOption('[data-role="2"]', "");
    await page.waitForFunction(() =>
      document.querySelector("#summary")?.textContent?.includes("clicks"),
    );
  },
);

walk("bad files are refused in words, and the next one is read", async ({ visit }) => {
  const { page, problems } = await visit("recommend.html");
  await give(page, Buffer.from("user,film,rating\nJosé,Amélie,5\nAna,Amélie,4\n", "latin1"));
  expect(await problem(page)).toMatch(/UTF-8/);
  await page.selectOption('[data-role="encoding"]', "latin1");
  await page.waitForSelector("#task:not([hidden])");
  expect(await page.textContent("#beginning")).toContain("José");
  await give(page, "");
  expect(await problem(page)).toMatch(/empty/);
  await give(page, "nonsense");
  expect(await problem(page)).toMatch(/1 column/);
  await give(page, Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"));
  expect(await problem(page)).toBeTruthy();
  await give(page, "ann,Alien,5\n");
  await page.check("[name=learn][value=ratings]");
  await page.click("#train");
  await trained(page);
  await give(page, "ann,Alien\n");
  await page.click("#train");
  await trained(page);
  expect(problems).toEqual([]);
});

walk(
  "fifty megabytes of ratings are read, and the worker is gone when the page is",
  async ({ visit }) => {
    const { page, problems } = await visit("recommend.html");
    const folder = mkdtempSync(join(tmpdir(), "lowrank-ratings-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [users, items] = [50_000, 75];
    const lines = Array.from({ length: users }, (_, u) =>
      Array.from({ length: items }, (_, i) => `${u},${i},${1 + ((u + i) % 5)}\n`).join(""),
    );
    const text = `user,item,rating\n${lines.join("").padEnd(50e6, "\n")}`;
    writeFileSync(join(folder, "large.csv"), text);
    await page.setInputFiles("#file input", join(folder, "large.csv"));
    await page.waitForFunction(() =>
      document
        .querySelector("#summary")
        ?.textContent?.startsWith("3,750,000 ratings by 50,000 users"),
    );
    expect(page.workers()).toHaveLength(1);
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await expect.poll(() => page.workers()).toHaveLength(0);
    expect(problems).toEqual([]);
  },
);

walk("two tabs train at the same time, each its own file", async ({ visit }) => {
  const { page, problems } = await visit("recommend.html");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await give(page, clicks);
  await give(other, clicks.replaceAll(",i", ",other "), "other.csv");
  await Promise.all([page.click("#train"), other.click("#train")]);
  await Promise.all([trained(page), trained(other)]);
  expect(await page.textContent("#items")).not.toContain("other");
  expect(await other.textContent("#items")).toContain("other");
  expect(problems).toEqual([]);
});

walk(
  "stop ends a training, and it starts again; a hundred quick clicks are borne",
  async ({ visit }) => {
    const { page, problems } = await visit("recommend.html");
    await page.click("#sample");
    await page.click("#train");
    await page.click("#progress button");
    await page.waitForSelector("#progress", { state: "hidden" });
    expect(await page.isVisible("#trained")).toBe(false);
    await page.click("#train");
    await trained(page);
    await page.evaluate(() => {
      for (let i = 0; i < 100; i++) {
        const buttons = document.querySelectorAll<HTMLElement>("#items button, #chosen button");
        buttons[(i * 7) % buttons.length].click();
      }
    });
    await page.waitForFunction(() => {
      const chosen = document.querySelectorAll("#chosen [data-remove]").length;
      const found = document.querySelectorAll("#found [data-similar]").length;
      return found === (chosen > 0 ? 8 : 0);
    });
    expect(problems).toEqual([]);
  },
);
