import { quote } from "../check/describe.js";

/** A name of a file or folder that means the same to every file system, and nothing but itself. */
const part = /^(?!\.)(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[\w.+-]{1,128}(?<!\.)$/i;

/**
 * Whether a path leads from a folder to a file inside it, on every system: names of letters, digits
 * and `_ . + -` with "/" between, none of which begins with a dot.
 */
export function isModelPath(path: unknown): path is string {
  return (
    typeof path === "string" && path.length <= 512 && path.split("/").every((one) => part.test(one))
  );
}

/** @throws RangeError otherwise. */
export function checkModelPath(name: string, path: unknown): asserts path is string {
  if (isModelPath(path)) return;
  const is = typeof path === "string" ? quote(path) : typeof path;
  throw new RangeError(`${name}: path is ${is}: it must lead to a file inside the folder`);
}
