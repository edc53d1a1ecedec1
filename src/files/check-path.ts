import { invalidValue } from "../check/describe.js";

/** @throws TypeError otherwise. */
export function checkPath(name: string, path: string, what = "folder"): void {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  throw invalidValue(name, what, path, "a path", TypeError);
}
