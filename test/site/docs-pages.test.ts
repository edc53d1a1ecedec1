// Every page of the docs, in browsers.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { faults, setScheme, sharedSite, unreached } from "./browser.mjs";
import { walk } from "./walk.js";

/** Paths of all pages of the docs. */
async function docsPaths(): Promise<string[]> {
  const names = readdirSync(join(await sharedSite(), "docs"), { recursive: true });
  return names
    .map((name) => `docs/${String(name).replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".html"))
    .sort();
}

// A page that is light in one browser is dark in the other, which has the other width.
walk("every page of the docs is without faults", async ({ base, visit }, browser) => {
  const paths = await docsPaths();
  const found: string[] = [];
  const [width, odd] = browser === "Chromium" ? [390, 0] : [1280, 1];
  const show = async (remainder: number) => {
    const { page, problems } = await visit("docs/index.html", { width });
    const scheme = remainder === odd ? "light" : "dark";
    for (const path of paths.filter((_, i) => i % 2 === remainder)) {
      await page.goto(base + path);
      await setScheme(page, scheme);
      // TypeDoc's pages have the same colours: two show them.
      const contrast = !path.includes("/api/") || /\/(bounds|core)\.html$/.test(path);
      for (const fault of await faults(page, { contrast }))
        found.push(`${path}, ${scheme}: ${fault}`);
      for (const problem of problems.splice(0)) found.push(`${path}: ${problem}`);
    }
  };
  await Promise.all([show(0), show(1)]);
  expect(found).toEqual([]);
  expect(paths.length).toBeGreaterThan(45);
});

walk(
  "the search finds a section by its words, by keyboard alone, and leads there",
  async ({ visit }) => {
    const { page, problems } = await visit("docs/index.html");
    expect(await unreached(page)).toEqual([]);
    await page.focus("#find");
    await page.keyboard.type("foldIn new user");
    await page.waitForSelector("#found a");
    await page.keyboard.press("Enter");
    await page.waitForURL((url: URL) => !url.pathname.endsWith("docs/index.html"));
    expect(await page.textContent("article")).toContain("foldIn");
    expect(problems).toEqual([]);
  },
);
