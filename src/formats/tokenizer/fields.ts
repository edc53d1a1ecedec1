// The description of a part of a tokenizer, read field by field: what is not of the right kind, is
// missing or is not known is refused by its place.
import { quote } from "../../check/describe.js";
import { FormatError } from "../errors.js";
import { isJsonObject, kindOf, unexpected } from "../strict-json.js";

/** The largest id: two of them fit into one number. */
export const largestId = 2 ** 26 - 1;

/** The fields of an object of tokenizer.json; `close` refuses those that were not asked for. */
export class Fields {
  readonly #values: Record<string, unknown>;
  readonly #read = new Set<string>();

  /** @throws FormatError when the value is not an object. */
  constructor(
    value: unknown,
    readonly place: string,
    readonly source: string,
  ) {
    if (!isJsonObject(value)) throw unexpected(source, place, value, "an object");
    this.#values = value;
  }

  /** An error about a field, or about the whole. */
  error(reason: string, name?: string): FormatError {
    return new FormatError(this.source, `${this.placeOf(name)} ${reason}`);
  }

  placeOf(name?: string): string {
    if (name === undefined) return this.place;
    return this.place === "" ? name : `${this.place}.${name}`;
  }

  /** Whatever there is. */
  value(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /** `missing` stands for null or nothing, here and below. */
  text(name: string, missing?: string): string {
    if (missing !== undefined && this.#lacks(name)) return missing;
    return this.#of(name, "a text", (value) => typeof value === "string") as string;
  }

  /** A text of one character. */
  character(name: string): string {
    return this.#of(
      name,
      "a single character",
      (value) => typeof value === "string" && [...value].length === 1,
    ) as string;
  }

  boolean(name: string, missing?: boolean): boolean {
    if (missing !== undefined && this.#lacks(name)) return missing;
    return this.#of(name, "true or false", (value) => typeof value === "boolean") as boolean;
  }

  integer(name: string, largest = largestId, missing?: number): number {
    if (missing !== undefined && this.#lacks(name)) return missing;
    return this.#of(
      name,
      `a whole number from 0 to ${largest}`,
      (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest,
    ) as number;
  }

  list(name: string): unknown[] {
    return this.#of(name, "a list", Array.isArray) as unknown[];
  }

  /** One of several words; the first one when the field is missing and `optional`. */
  word<T extends string>(name: string, words: readonly T[], optional = false): T {
    const value = this.value(name);
    if (optional && value === undefined) return words[0];
    if (words.includes(value as T)) return value as T;
    const shown = value === undefined ? "missing" : kindOf(value);
    throw this.error(`is ${shown}: ${words.join(", ")} can be read`, name);
  }

  object(name: string): Fields {
    return new Fields(this.value(name), this.placeOf(name), this.source);
  }

  /** The names and values of an object that is a map. */
  entries(name: string): [string, unknown][] {
    return Object.entries(this.object(name).#values);
  }

  /** An id in a list of another place. */
  idOf(value: unknown, name: string): number {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largestId) {
      return value as number;
    }
    throw this.error(`is ${kindOf(value)}: it must be a whole number from 0 to ${largestId}`, name);
  }

  /** Refuses a field that nobody asked for. */
  close(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown !== undefined) {
      throw this.error(`has a field ${quote(unknown)}, which is not known`);
    }
  }

  #lacks(name: string): boolean {
    return (this.value(name) ?? null) === null;
  }

  #of(name: string, what: string, fits: (value: unknown) => boolean): unknown {
    const value = this.value(name);
    if (fits(value)) return value;
    throw this.error(`is ${kindOf(value)}: it must be ${what}`, name);
  }
}

/** A part that may be left out: undefined for null or nothing. */
export function optionalFields(parent: Fields, name: string): Fields | undefined {
  const value = parent.value(name);
  return value === undefined || value === null ? undefined : parent.object(name);
}

/** The parts of a sequence. */
export function partsOf(fields: Fields, name: string): Fields[] {
  return fields
    .list(name)
    .map((part, i) => new Fields(part, `${fields.placeOf(name)}[${i}]`, fields.source));
}

/**
 * What the reader of its type makes of a part.
 *
 * @throws FormatError for a type that was not verified, with those that were, or a field of the part
 *   that does not fit.
 */
export function readPart<Rest extends unknown[], Part>(
  fields: Fields,
  readers: Readonly<Record<string, (fields: Fields, ...rest: Rest) => Part>>,
  ...rest: Rest
): Part {
  const type = fields.value("type");
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    throw unknownType(fields, Object.keys(readers));
  }
  const part = readers[type](fields, ...rest);
  fields.close();
  return part;
}

/** Refuses a part of a type that was not verified, with those that were. */
export function unknownType(fields: Fields, verified: readonly string[]): FormatError {
  const type = fields.value("type");
  const shown = typeof type === "string" ? quote(type) : kindOf(type);
  return fields.error(`is ${shown}, which is not supported: ${verified.join(", ")} are`, "type");
}
