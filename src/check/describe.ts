// How messages show what was given: on one line, in a few words, whatever it is.

/** A value: a number as it is, text in quotes, of anything else its kind: "null", "Float64Array". */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "string":
      return quote(value);
  }
  if (value === null) return "null";
  // What an object calls itself may be any text.
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return printable(kind.slice(0, 40));
}

/** The error about a value that is not what it must be. */
export function invalidValue(
  name: string,
  what: string,
  value: unknown,
  wanted: string,
  Kind: typeof RangeError | typeof TypeError = RangeError,
): Error {
  return new Kind(`${name}: ${what} is ${describe(value)}: it must be ${wanted}`);
}

/** A user's text: quoted, at most 40 characters. */
export function quote(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  // JSON escapes the rest but for a few that terminals act on.
  return printable(JSON.stringify(shown));
}

/** Names of things, such as columns: the first eight. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quote).join(", ");
  return names.length > 8 ? `${shown}, ...` : shown;
}

/** "a, b and c". */
export function joined(words: readonly string[], last: "and" | "or"): string {
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(` ${last} `);
}

/** A text on one line: characters that break it, or that terminals act on, as `\u000a`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
