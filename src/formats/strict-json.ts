// JSON as the formats here need it. `JSON.parse` keeps the last of two equal keys without a word,
// overflows its stack on deep nesting, and says what is wrong in words of the engine's own. Here a
// file that says two things about one name is refused, nesting is bounded, and the place is given.
import { quote } from "../check/describe.js";
import { plainBytes } from "./bytes.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";

/** As deep as safetensors' own reader goes; no file of these formats needs a quarter of it. */
const deepest = 128;

/**
 * The object in UTF-8 JSON text.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when the bytes are not UTF-8, not JSON, nested deeper than 128 or not an
 *   object, or an object in it has a key twice.
 */
export function parseJsonObject(bytes: Uint8Array, source: string): Record<string, unknown> {
  const plain = plainBytes("parseJsonObject", source, bytes);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch {
    const reason = foreignFile(plain) ?? "invalid UTF-8: it must be JSON text in UTF-8";
    throw new FormatError(source, reason);
  }
  return parseJsonText(text, source);
}

/**
 * The object in JSON text.
 *
 * @param line - of the file, where the text is one line of it.
 * @throws FormatError as `parseJsonObject`.
 */
export function parseJsonText(
  text: string,
  source: string,
  line?: number,
): Record<string, unknown> {
  const fail = (reason: string) => new FormatError(source, reason, line);
  const fault = faultOf(text);
  if (fault) {
    // What begins as JSON is meant to be it, and so is a line among others.
    const meant = line !== undefined || /^\s*[[{]/.test(text);
    const start = new TextEncoder().encode(text.slice(0, 1000));
    throw fail((meant ? undefined : foreignFile(start)) ?? told(fault, text, line));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("it is not valid JSON: a number or a text in it is malformed");
  }
  if (isJsonObject(value)) return value;
  throw fail(`the JSON is ${kindOf(value)}: it must be an object`);
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error about a value in a file that is not what it must be. */
export function unexpected(
  source: string,
  what: string,
  value: unknown,
  wanted: string,
): FormatError {
  return new FormatError(source, `${what} is ${kindOf(value)}: it must be ${wanted}`);
}

/** What a JSON value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${quote(String(value))}`;
}

/** Why a text is refused, and where; without a reason it is not JSON. */
interface Fault {
  at: number;
  reason?: string;
}

function told({ at, reason }: Fault, text: string, line: number | undefined): string {
  if (reason !== undefined) return reason;
  if (at >= text.length) return "it is not valid JSON: it ends in the middle";
  const before = text.slice(0, at);
  const row = before.split("\n").length;
  const column = at - before.lastIndexOf("\n");
  const place = line === undefined ? `line ${row}, column ${column}` : `column ${column}`;
  return `it is not valid JSON at ${place}, at ${quote(text.slice(at, at + 20))}`;
}

const atom = /(?:-?\d[\d.eE+-]*|true|false|null)/y;

/**
 * Where the text stops being JSON, nests too deep or has a key twice; `JSON.parse` does the rest.
 */
function faultOf(text: string): Fault | undefined {
  /** The keys of the objects that are open; null stands for an array. */
  const open: (Set<string> | null)[] = [];
  let p = 0;
  const skipBlank = () => {
    while (p < text.length && " \t\n\r".includes(text[p])) p++;
  };
  /** Past a number, true, false or null; false where there is none. */
  const skipAtom = (): boolean => {
    atom.lastIndex = p;
    if (!atom.test(text)) return false;
    p = atom.lastIndex;
    return true;
  };
  /** Past a string in quotes; false where there is none. */
  const skipText = (): boolean => {
    if (text[p] !== '"') return false;
    // 34 is the quotation mark, 92 the backslash.
    for (p++; p < text.length; p++) {
      const code = text.charCodeAt(p);
      if (code === 34) break;
      if (code === 92) p++;
    }
    return p++ < text.length;
  };
  /** Past `"key":`. */
  const skipKey = (keys: Set<string>): Fault | undefined => {
    const start = p;
    if (!skipText()) return { at: Math.min(p, text.length) };
    const key = unescaped(text.slice(start, p));
    if (keys.has(key)) return { at: start, reason: `the key ${quote(key)} appears twice` };
    keys.add(key);
    skipBlank();
    return text[p++] === ":" ? undefined : { at: p - 1 };
  };

  for (;;) {
    // A value, or the end of an empty object or array.
    skipBlank();
    const first = text[p];
    if (first === "{" || first === "[") {
      p++;
      open.push(first === "{" ? new Set() : null);
      if (open.length > deepest) {
        return { at: p, reason: `the JSON is nested deeper than ${deepest}: no such file is` };
      }
      skipBlank();
      if (text[p] !== (first === "{" ? "}" : "]")) {
        const keys = open[open.length - 1];
        const fault = keys && skipKey(keys);
        if (fault) return fault;
        continue;
      }
    } else if (!skipText() && !skipAtom()) {
      return { at: Math.min(p, text.length) };
    }
    // After a value: the ends of what is open, then a comma or the end.
    for (;;) {
      skipBlank();
      if (open.length === 0) return p < text.length ? { at: p } : undefined;
      const keys = open[open.length - 1];
      if (text[p] === (keys ? "}" : "]")) {
        open.pop();
        p++;
        continue;
      }
      if (text[p] !== ",") return { at: p };
      p++;
      skipBlank();
      const fault = keys && skipKey(keys);
      if (fault) return fault;
      break;
    }
  }
}

/** Escapes count: "a" is "\u0061". */
function unescaped(key: string): string {
  if (!key.includes("\\")) return key.slice(1, -1);
  try {
    return JSON.parse(key);
  } catch {
    return key;
  }
}
