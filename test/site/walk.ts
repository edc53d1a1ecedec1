// A test of the site is one body, which is run in every browser.
import type { Page } from "playwright-core";
import { afterAll, onTestFinished } from "vitest";
import { testWith } from "../helpers/needs.js";
import { chromiumPath, firefoxPath } from "../runtimes/browsers.mjs";
import { openSite } from "./browser.mjs";

export interface Visit {
  page: Page;
  /** What the page has complained of so far. */
  problems: string[];
  /** The bytes of the file that a click on the first such element saves. */
  download(selector: string): Promise<Uint8Array>;
}

export interface Site {
  /** Address of the site, with a slash at its end. */
  base: string;
  /** A page in a window of its own, which is closed when the test is finished. */
  visit(path: string, options?: { width?: number }): Promise<Visit>;
  disconnect(): void;
}

export type Browser = "Chromium" | "Firefox";

const paths = { Chromium: chromiumPath, Firefox: firefoxPath };
const all: readonly Browser[] = ["Chromium", "Firefox"];
const sites = new Map<Browser, ReturnType<typeof openSite>>();

afterAll(async () => {
  for (const site of sites.values()) await (await site).close();
});

/** Tests, in Chromium and Firefox unless others are named, what a visitor of the site sees. */
export function walk(
  title: string,
  body: (site: Site, browser: Browser) => Promise<void>,
  browsers = all,
): void {
  for (const browser of browsers) {
    const isThere = paths[browser]() || process.env.LOWRANK_ALL_RUNTIMES;
    const missing = isThere ? undefined : `${browser}: npm run runtimes:install`;
    testWith(missing)(`${title} (${browser})`, async () => {
      const opened = sites.get(browser) ?? openSite(browser);
      sites.set(browser, opened);
      const site = await opened;
      const visit: Site["visit"] = async (path, options) => {
        const { close, ...visit } = await site.visit(path, options);
        onTestFinished(close);
        return visit;
      };
      await body({ base: site.base, disconnect: site.disconnect, visit }, browser);
    });
  }
}
