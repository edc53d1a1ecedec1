// What the tests of the site need: a browser.
import { chromiumPath } from "../runtimes/chromium.mjs";

export const missingChromium =
  chromiumPath() === undefined && process.env.LOWRANK_ALL_RUNTIMES !== "1"
    ? "Chromium: apt-get install chromium"
    : undefined;
