import { readFileSync } from "node:fs";

/** The path of a file that the package ships, from dist/chunks/ as from src/cli/. */
export function packageFile(name: string): URL {
  return new URL(`../../${name}`, import.meta.url);
}

/** What the package says of itself. */
export function manifest(): { version: string; homepage: string } {
  return JSON.parse(readFileSync(packageFile("package.json"), "utf8"));
}
