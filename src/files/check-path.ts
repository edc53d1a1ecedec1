import { invalidValue } from "../check/describe.js";

/** @throws TypeError otherwise. */
export function checkPath(name: string, folder: string): void {
  if (typeof folder === "string" && folder !== "" && !folder.includes("\0")) return;
  throw invalidValue(name, "folder", folder, "a path", TypeError);
}
