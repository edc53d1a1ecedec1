// Fill in a picture, and the first page, in a browser.
import { deflateSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";
import { faultsLightAndDark, unreached } from "./browser.mjs";
import { walk } from "./walk.js";

/** An image of one grey, with its opacity. */
function png(width: number, height: number, pixel: [grey: number, alpha: number]): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    return Buffer.concat([number(data.length), named, number(crc32(named))]);
  };
  const header = [number(width), number(height), Buffer.from([8, 4, 0, 0, 0])];
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(2 * width, Buffer.from(pixel))]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", Buffer.concat(header)),
    chunk("IDAT", deflateSync(Buffer.alloc(row.length * height, row), { level: 1 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Two pictures of 16 x 16, the first one black and the second one white. */
function animation(): Buffer {
  const size = [16, 0, 16, 0];
  const picture = (colour: number) => {
    // Codes of two bits would grow with the table: it is cleared before each pixel.
    const codes = [...Array.from({ length: 256 }, () => [4, colour]).flat(), 5];
    const bits = codes
      .map((code) => code.toString(2).padStart(3, "0"))
      .reverse()
      .join("");
    const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
      Number.parseInt(bits.slice(Math.max(0, bits.length - 8 * i - 8), bits.length - 8 * i), 2),
    );
    return [
      0x21,
      0xf9,
      4,
      0,
      5,
      0,
      0,
      0,
      0x2c,
      0,
      0,
      0,
      0,
      ...size,
      0,
      2,
      bytes.length,
      ...bytes,
      0,
    ];
  };
  const palette = [0, 0, 0, 255, 255, 255, 128, 128, 128, 64, 64, 64];
  const start = [...Buffer.from("GIF89a"), ...size, 0x81, 0, 0, ...palette];
  return Buffer.from([...start, ...picture(0), ...picture(1), 0x3b]);
}

const give = (page: Page, buffer: Buffer, name = "a.png") =>
  page.setInputFiles("#file input", { name, mimeType: "image/png", buffer });

const errorOf = (page: Page, id: string) =>
  page.evaluate(
    (i) => Number(/[\d.]+/.exec(document.querySelector(`#${i}-text`)!.textContent!)),
    id,
  );

async function raced(page: Page, button: string, progress: string, last: string): Promise<void> {
  await page.click(button);
  await page.waitForFunction((i) => document.querySelector(`#${i}-text`)?.textContent !== "", last);
  await page.waitForSelector(progress, { state: "hidden" });
}

walk(
  "a picture is filled in three ways, and where pixels are wrong by Huber's loss alone",
  async ({ visit }) => {
    for (const width of [1280, 390]) {
      const { page, problems } = await visit("picture.html", { width });
      // In one go: a race may be over before another click comes.
      await page.evaluate(() => {
        document.querySelector<HTMLElement>("#start")!.click();
        document.querySelector<HTMLElement>("#progress button")!.click();
      });
      await page.waitForSelector("#start:enabled");
      await raced(page, "#start", "#progress", "alternating");
      for (const id of ["wide", "compressed", "alternating"]) {
        expect(await errorOf(page, id)).toBeLessThan(0.02);
      }
      expect(await page.locator("#curves path").count()).toBeGreaterThanOrEqual(3);
      await raced(page, "#start-wrong", "#progress-wrong", "robust");
      expect(10 * (await errorOf(page, "robust"))).toBeLessThan(await errorOf(page, "plain"));
      expect(await faultsLightAndDark(page)).toEqual([]);
      expect(await unreached(page)).toEqual([]);
      expect(problems).toEqual([]);
    }
  },
);

walk("what is no picture, or too small, is refused in words", async ({ visit }) => {
  const { page } = await visit("picture.html");
  const said = (text: string) =>
    page.waitForFunction(
      (t) => document.querySelector("#problem:not([hidden])")?.textContent?.includes(t),
      text,
    );
  await give(page, Buffer.from("just a text"));
  await said("a.png is not an image");
  await give(page, png(1, 1, [0, 255]));
  await said("a.png is 1 x 1");
});

walk(
  "twenty megapixels are scaled down, what is transparent is white, and the first of several counts",
  async ({ visit }) => {
    const { page, problems } = await visit("picture.html");
    /** Width, height, and the grey in the middle. */
    const original = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("#original")!;
        const { width, height } = canvas;
        const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
        context.drawImage(canvas, width >> 1, height >> 1, 1, 1, 0, 0, 1, 1);
        return [width, height, context.getImageData(0, 0, 1, 1).data[0]];
      });
    await give(page, png(5000, 4000, [100, 255]));
    await expect.poll(original).toEqual([96, 77, 100]);
    await raced(page, "#start", "#progress", "alternating");
    await give(page, png(20, 40, [0, 0]));
    await expect.poll(original).toEqual([20, 40, 255]);
    await give(page, animation(), "a.gif");
    await expect.poll(original).toEqual([16, 16, 0]);
    expect(problems).toEqual([]);
  },
);

walk(
  "a hundred quick clicks are borne, and the worker is gone when the page is",
  async ({ visit }) => {
    const { page, problems } = await visit("picture.html");
    await page.evaluate(() => {
      const click = (id: string) => document.querySelector<HTMLElement>(id)!.click();
      for (let i = 0; i < 100; i++) {
        click(["#start", "#start-wrong", "#sample", "#progress button"][(i * 7) % 4]);
        const slider = document.querySelector<HTMLInputElement>("#hidden")!;
        slider.value = String(10 + ((5 * i) % 80));
        slider.dispatchEvent(new Event("input"));
      }
    });
    await page.waitForSelector("#start:enabled");
    await raced(page, "#start", "#progress", "alternating");
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await expect.poll(() => page.workers()).toHaveLength(0);
    await raced(page, "#start", "#progress", "alternating");
    expect(problems).toEqual([]);
  },
);

walk(
  "the first page leads to every demonstration, and the pages work offline afterwards",
  async ({ visit, disconnect }) => {
    const { page, problems } = await visit("index.html", { width: 390 });
    expect(await faultsLightAndDark(page)).toEqual([]);
    expect(await unreached(page)).toEqual([]);
    const paths: string[] = await page
      .locator(".card")
      .evaluateAll((cards: HTMLAnchorElement[]) => cards.map(({ href }) => href));
    expect(paths.length).toBeGreaterThanOrEqual(4);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    disconnect();
    for (const path of paths) {
      // Firefox complains of files that a page preloads where it is left before they are there.
      await page.goto(path, { waitUntil: "networkidle" });
      expect(await page.textContent("h1")).toBeTruthy();
    }
    expect(problems).toEqual([]);
  },
);
