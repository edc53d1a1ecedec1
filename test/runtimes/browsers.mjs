// Where the browsers are that the tests start.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of the Chromium to test with: `CHROME_PATH`, else the first on PATH, else undefined. */
export const chromiumPath = () =>
  process.env.CHROME_PATH || onPath("chromium", "chromium-browser", "google-chrome");

/** The same for Firefox, with `FIREFOX_PATH`. */
export const firefoxPath = () => process.env.FIREFOX_PATH || onPath("firefox-esr", "firefox");

/** WebKitGTK's MiniBrowser, which is beside its library, or undefined. It needs Xvfb's screen. */
export function miniBrowserPath() {
  if (!onPath("Xvfb")) return undefined;
  const libraries = `/usr/lib/${{ x64: "x86_64", arm64: "aarch64" }[process.arch]}-linux-gnu`;
  return ["4.1", "4.0"]
    .map((version) => `${libraries}/webkit2gtk-${version}/MiniBrowser`)
    .find(existsSync);
}

/** WPE WebKit's launcher, or undefined. */
export const cogPath = () => onPath("cog");

function onPath(...names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(existsSync);
}
