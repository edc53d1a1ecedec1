import { describe } from "../check/describe.js";

/** @throws TypeError otherwise. */
export function checkPath(name: string, folder: string): void {
  if (typeof folder === "string" && folder !== "" && !folder.includes("\0")) return;
  throw new TypeError(`${name}: folder is ${describe(folder)}: it must be a path`);
}
