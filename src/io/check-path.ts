import { describe } from "../linalg/describe.js";

/** @throws TypeError when it is no path. */
export function checkPath(name: string, folder: string): void {
  if (typeof folder === "string" && folder !== "") return;
  throw new TypeError(`${name}: folder is ${describe(folder)}: it must be a path`);
}
