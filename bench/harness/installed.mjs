// Versions of the peers as they are installed.
import { readFileSync } from "node:fs";

/** Version of a package in bench/node_modules. Contenders ask late: starting them is timed. */
export function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
