// A folder served by Vite's preview, and its page in Chromium.
import { chromium, type Page } from "playwright-core";
import { preview } from "vite";
import { chromiumPath } from "../runtimes/browsers.mjs";

/**
 * Opens the page at the root of a folder.
 *
 * @param outDir - what is served, from `root`.
 */
export async function visitPage(
  root: string,
  outDir: string,
  visit: (page: Page) => Promise<void>,
): Promise<void> {
  const settings = { root, configFile: false, logLevel: "error" } as const;
  const server = await preview({ ...settings, build: { outDir }, preview: { port: 0 } });
  const browser = await chromium.launch({
    executablePath: chromiumPath()!,
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]);
    await visit(page);
  } finally {
    await browser.close();
    await server.close();
  }
}
