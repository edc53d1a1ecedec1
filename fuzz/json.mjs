// JSON that JSON.stringify cannot write: keys twice, numbers beyond every range, text as it is.

/** An object as a list of keys and values, so that a key can be in it twice. */
export class Pairs {
  constructor(entries) {
    this.entries = entries;
  }

  /** Of a plain object, and those in it. */
  static from(value) {
    if (Array.isArray(value)) return value.map(Pairs.from);
    if (value === null || typeof value !== "object" || value instanceof Raw) return value;
    if (value instanceof Pairs || ArrayBuffer.isView(value)) return value;
    return new Pairs(Object.entries(value).map(([key, one]) => [key, Pairs.from(one)]));
  }
}

/** Text that is written as it is. */
export class Raw {
  constructor(text) {
    this.text = text;
  }
}

/** The text of a value; NaN and infinities as Python writes them, which is not JSON. */
export function jsonText(value) {
  if (value instanceof Raw) return value.text;
  if (value instanceof Pairs) {
    return `{${value.entries.map(([key, one]) => `${jsonText(key)}:${jsonText(one)}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (ArrayBuffer.isView(value)) return jsonText(Array.from(value));
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return JSON.stringify(value) ?? "null";
}

export const jsonBytes = (value) => new TextEncoder().encode(jsonText(value));
