import { readFileSync } from "node:fs";

/** The path of a file that the package ships, from dist/chunks/ as from src/cli/. */
export function packageFile(name: string): URL {
  return new URL(`../../${name}`, import.meta.url);
}

/** The package's version. */
export function version(): string {
  return JSON.parse(readFileSync(packageFile("package.json"), "utf8")).version;
}
