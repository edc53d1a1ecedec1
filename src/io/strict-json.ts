// JSON as the formats here need it. `JSON.parse` keeps the last of two equal keys without a word;
// a file that says two things about one name is refused instead.
import { quote } from "../linalg/describe.js";
import { FormatError } from "./errors.js";

/**
 * The object in UTF-8 JSON text.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when the bytes are no UTF-8, no JSON or no object, or an object in it has a
 *   key twice.
 */
export function parseJsonObject(bytes: Uint8Array, source: string): Record<string, unknown> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(source, "invalid UTF-8: it must be JSON text in UTF-8");
  }
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text; its length has no bound.
    const reason = (error as Error).message.split("\n")[0].slice(0, 100);
    throw new FormatError(source, `it is no JSON: ${reason}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FormatError(source, `the JSON is ${kindOf(value)}: it must be an object`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new FormatError(source, `the key ${quote(twice)} stands twice`);
  return value as Record<string, unknown>;
}

/** What a JSON value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${quote(String(value))}`;
}

/** A key that an object of the text, which must be valid JSON, has twice. */
function repeatedKey(text: string): string | undefined {
  /** The keys of the objects that are open; null stands for an array. */
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let p = 0; p < text.length; p++) {
    switch (text[p]) {
      case "{":
      case "[":
        open.push(text[p] === "{" ? new Set() : null);
        expectsKey = text[p] === "{";
        break;
      case "}":
      case "]":
        open.pop();
        expectsKey = false;
        break;
      case ",":
        expectsKey = open.at(-1) !== null;
        break;
      case '"': {
        const start = p;
        for (p++; text[p] !== '"'; p++) if (text[p] === "\\") p++;
        const keys = open.at(-1);
        if (!expectsKey || !keys) break;
        expectsKey = false;
        // Escapes count: "a" is "\u0061".
        const key: string = JSON.parse(text.slice(start, p + 1));
        if (keys.has(key)) return key;
        keys.add(key);
      }
    }
  }
  return undefined;
}
