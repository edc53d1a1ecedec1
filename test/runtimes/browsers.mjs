// Where the browsers are that the tests start.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of the Chromium to test with: `CHROME_PATH`, else the first on PATH, else undefined. */
export const chromiumPath = () =>
  process.env.CHROME_PATH || onPath("chromium", "chromium-browser", "google-chrome");

/** The same for Firefox, with `FIREFOX_PATH`. */
export const firefoxPath = () => process.env.FIREFOX_PATH || onPath("firefox-esr", "firefox");

function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
}
