// Every page of the docs, in a browser on a phone.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { testWith } from "../helpers/needs.js";
import { faults, openSite, sharedSite, unreached } from "./browser.mjs";
import { missingChromium } from "./needs.js";

const test = testWith(missingChromium);
let site: Awaited<ReturnType<typeof openSite>>;
let paths: string[];

beforeAll(async () => {
  if (missingChromium !== undefined) return;
  site = await openSite();
  paths = readdirSync(join(await sharedSite(), "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".html"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort();
});
afterAll(() => site?.close());

test("every page of the docs is without faults at 390 px, light or dark", async () => {
  const found: string[] = [];
  const left = [...paths];
  const walk = async (scheme: "light" | "dark") => {
    const { page, problems, close } = await site.visit("docs/index.html", { width: 390, scheme });
    onTestFinished(close);
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      await page.goto(site.base + path);
      // TypeDoc's pages have the same colours: one shows them.
      const contrast = !path.includes("/api/") || path.endsWith("/bounds.html");
      for (const fault of await faults(page, { contrast }))
        found.push(`${path}, ${scheme}: ${fault}`);
      for (const problem of problems.splice(0)) found.push(`${path}: ${problem}`);
    }
  };
  await Promise.all([walk("light"), walk("dark")]);
  expect(found).toEqual([]);
  expect(paths.length).toBeGreaterThan(45);
});

test("the search finds a section by its words, by keyboard alone, and leads there", async () => {
  const { page, problems, close } = await site.visit("docs/index.html");
  onTestFinished(close);
  expect(await unreached(page)).toEqual([]);
  await page.focus("#find");
  await page.keyboard.type("foldIn new user");
  await page.waitForSelector("#found a");
  await page.keyboard.press("Enter");
  await page.waitForURL((url: URL) => !url.pathname.endsWith("docs/index.html"));
  expect(await page.textContent("article")).toContain("foldIn");
  expect(problems).toEqual([]);
});
