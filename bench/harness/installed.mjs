// Versions of the peers as they are installed.
import { readFile } from "node:fs/promises";

/** Version of a package in bench/node_modules. */
export async function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(await readFile(manifest, "utf8")).version;
}
