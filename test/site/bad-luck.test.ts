// What happens to pages meanwhile: hidden, resized, left.
import type { CDPSession, Page } from "playwright-core";
import { expect } from "vitest";
import { faults } from "./browser.mjs";
import { walk } from "./walk.js";

const raced = (page: Page) =>
  until(
    page,
    () =>
      document.querySelector("#alternating-text")!.textContent !== "" &&
      document.querySelector<HTMLElement>("#progress")!.hidden === true,
  );

const trained = (page: Page) =>
  until(page, () => !document.querySelector<HTMLElement>("#trained")!.hidden);

/** Asks from outside: the page's own frames and clocks may stand still. */
const until = (page: Page, holds: () => boolean) =>
  expect.poll(() => page.evaluate(holds), { timeout: 600_000, interval: 200 }).toBe(true);

walk("a window may change its size while a page computes", async ({ visit }) => {
  for (const [path, start, ended] of [
    ["picture.html", "#start", raced],
    ["recommend.html", "#train", trained],
  ] as const) {
    const { page, problems } = await visit(path);
    if (path === "recommend.html") await page.click("#sample");
    await page.click(start);
    for (const width of [390, 900, 390]) await page.setViewportSize({ width, height: 700 });
    await ended(page);
    expect(await faults(page, { contrast: false })).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await faults(page, { contrast: false })).toEqual([]);
    expect(problems).toEqual([]);
  }
});

// No browser hides a tab without a window: the page is told what it would be told, and gets what it would get.
walk("a tab that is hidden while it computes comes to the same end", async ({ visit }) => {
  for (const [path, start, ended] of [
    ["picture.html", "#start", raced],
    ["recommend.html", "#train", trained],
  ] as const) {
    const { page, problems } = await visit(path);
    if (path === "recommend.html") await page.click("#sample");
    await page.click(start);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
      Object.defineProperty(document, "hidden", { value: true });
      const later = setTimeout;
      Object.assign(globalThis, {
        requestAnimationFrame: () => 0,
        setTimeout: (act: TimerHandler, delay = 0) => later(act, Math.max(1000, delay)),
      });
      document.dispatchEvent(new Event("visibilitychange"));
      dispatchEvent(new Event("blur"));
    });
    await ended(page);
    expect(problems).toEqual([]);
  }
});

/** Bytes that the scripts of the page hold, with arrays and kernels, when nothing more can be collected. */
async function heldBytes(session: CDPSession): Promise<number> {
  // What one collection finalizes only the next one frees, and the page that was left goes later.
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    await session.send("HeapProfiler.collectGarbage");
    const usage: Record<string, number> = await session.send("Runtime.getHeapUsage");
    const bytes = usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize;
    if (Math.abs(bytes - before) < 1000) return bytes;
    before = bytes;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

walk(
  "who leaves a section leaves no worker and no megabyte behind",
  async ({ base, visit }) => {
    const { page, problems } = await visit("index.html");
    // Asked of Chromium by its own protocol.
    const session = await page.context().newCDPSession(page);
    const leave = async () => {
      await page.goto(`${base}index.html`);
      await expect.poll(() => page.workers().length).toBe(0);
      return heldBytes(session);
    };
    const start = await leave();
    await page.goto(`${base}recommend.html`);
    await page.click("#sample");
    await page.click("#train");
    await trained(page);
    // It can fail: so much is held before the section is left.
    expect((await heldBytes(session)) - start).toBeGreaterThan(1e6);
    expect((await leave()) - start).toBeLessThan(1e6);
    await page.goto(`${base}picture.html`);
    await page.click("#start");
    await raced(page);
    expect((await leave()) - start).toBeLessThan(1e6);
    await page.goto(`${base}matrix.html`);
    await page.click("#sample");
    await page.waitForSelector("#explored:not([hidden])");
    expect((await leave()) - start).toBeLessThan(1e6);
    await page.goto(`${base}theorem.html`);
    await page.waitForFunction(() => document.querySelector("#verdict")?.textContent !== "");
    expect((await leave()) - start).toBeLessThan(1e6);
    expect(problems).toEqual([]);
  },
  ["Chromium"],
);
