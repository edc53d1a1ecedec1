// Fill in a picture, and the first page, in a browser.
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { testWith } from "../helpers/needs.js";
import { faultsLightAndDark, openSite, unreached } from "./browser.mjs";
import { missingChromium } from "./needs.js";

const test = testWith(missingChromium);
let site: Awaited<ReturnType<typeof openSite>>;

beforeAll(async () => {
  if (missingChromium === undefined) site = await openSite();
});
afterAll(() => site?.close());

/** One pixel. */
const dot = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("a picture is filled in by both, and the error of both falls", async () => {
  for (const width of [1280, 390]) {
    const { page, problems, close } = await site.visit("picture.html", { width });
    onTestFinished(close);
    // In one go: a race may be over before another click comes.
    await page.evaluate(() => {
      document.querySelector<HTMLElement>("#start")!.click();
      document.querySelector<HTMLElement>("#progress button")!.click();
    });
    await page.waitForSelector("#start:enabled");
    await page.click("#start");
    const errors = (id: string) =>
      page.evaluate(
        (i) => Number(/[\d.]+/.exec(document.querySelector(`#${i}-text`)!.textContent!)),
        id,
      );
    await page.waitForFunction(() => document.querySelector("#wide-text")?.textContent !== "");
    await page.waitForSelector("#progress", { state: "hidden" });
    for (const id of ["wide", "compressed"]) expect(await errors(id)).toBeLessThan(0.1);
    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    expect(problems).toEqual([]);
  }
});

test("what is no picture, or too small, is refused in words", async () => {
  const { page, close } = await site.visit("picture.html");
  onTestFinished(close);
  const give = (buffer: Buffer) =>
    page.setInputFiles("#file input", { name: "a.png", mimeType: "image/png", buffer });
  const said = (text: string) =>
    page.waitForFunction(
      (t) => document.querySelector("#problem:not([hidden])")?.textContent?.includes(t),
      text,
    );
  await give(Buffer.from("just a text"));
  await said("a.png is not an image");
  await give(dot);
  await said("a.png is 1 x 1");
});

test("the first page leads to every demonstration, and the pages work offline afterwards", async () => {
  const { page, problems, close } = await site.visit("index.html", { width: 390 });
  onTestFinished(close);
  expect(await faultsLightAndDark(page)).toEqual([]);
  expect(await unreached(page)).toEqual([]);
  const paths: string[] = await page
    .locator(".card")
    .evaluateAll((cards: HTMLAnchorElement[]) => cards.map(({ href }) => href));
  expect(paths.length).toBeGreaterThanOrEqual(4);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  site.disconnect();
  for (const path of paths) {
    await page.goto(path);
    expect(await page.textContent("h1")).toBeTruthy();
  }
  expect(problems).toEqual([]);
});
