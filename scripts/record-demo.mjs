// Writes docs/demo.gif, the animation of the README: the site's recommender, from the sample to
// recommendations that change with every choice. It is a recording of the page as a visitor sees it.
// Run it after `npm run site:build`, where test/runtimes/install.mjs has installed Chromium.
import { writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import gifenc from "gifenc";
import { chromium } from "playwright-core";
import { PNG } from "pngjs";
import { preview } from "vite";
import { chromiumPath } from "../test/runtimes/browsers.mjs";

const { GIFEncoder, applyPalette, quantize } = gifenc;
const [width, height] = [760, 560];
/** Text and one blue on white: more colours only weigh. */
const colors = 32;
const frames = [];

const server = await preview({
  configFile: fileURLToPath(new URL("../site/vite.config.ts", import.meta.url)),
  preview: { port: 0 },
  logLevel: "silent",
});
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: "light" });
  await page.goto(`${server.resolvedUrls.local[0]}recommend.html`);
  /** Shows where it clicks, clicks, and keeps what is seen then for some milliseconds. */
  const click = async (selector, milliseconds) => {
    const target = page.locator(selector).first();
    await target.scrollIntoViewIfNeeded();
    await target.hover();
    await shot(page, 700);
    await target.click();
    await setTimeout(150);
    await shot(page, milliseconds);
  };
  await shot(page, 1200);
  await click("#sample", 900);
  await page.locator("#train").scrollIntoViewIfNeeded();
  await page.locator("#train").click();
  while (!(await page.locator("#trained:not([hidden])").count())) {
    await shot(page, 200);
    await setTimeout(150);
  }
  await page.locator("#items").scrollIntoViewIfNeeded();
  await setTimeout(300);
  await shot(page, 1200);
  for (const place of [2, 5, 9]) await click(`#items button >> nth=${place}`, 1600);
} finally {
  await browser.close();
  await server.close();
}

const gif = GIFEncoder();
for (const { data, milliseconds } of frames) {
  const palette = quantize(data, colors);
  gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: milliseconds });
}
gif.finish();
const file = fileURLToPath(new URL("../docs/demo.gif", import.meta.url));
writeFileSync(file, gif.bytes());
console.log(`${file}: ${frames.length} frames, ${gif.bytes().length} bytes`);

/** A frame, or more time for the last one where nothing has changed. */
async function shot(page, milliseconds) {
  const { data } = PNG.sync.read(await page.screenshot());
  const last = frames.at(-1);
  if (last && Buffer.compare(last.data, data) === 0) last.milliseconds += milliseconds;
  else frames.push({ data, milliseconds });
}
