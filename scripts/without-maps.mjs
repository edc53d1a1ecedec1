// What Plot brings for maps, calendars and scales of colours, which no chart here has: a sixth of it.
import { readFileSync } from "node:fs";

/** The modules that charts do without. */
export const withoutMaps = /\/(d3-geo|d3-scale-chromatic|d3-time-format)\.mjs$/;

/** A module with the same exports as this one, and nothing behind them. */
export function emptied(path) {
  // Some are called when Plot is loaded, and what they give is never used.
  const [, exported] = /export \{([^}]*)\}/.exec(readFileSync(path, "utf8"));
  const names = exported.split(",").map((one) => one.trim().split(" ").at(-1));
  return `const none = () => none;\nexport { ${names.map((one) => `none as ${one}`)} };`;
}
