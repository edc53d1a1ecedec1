// What the models of tokenizer.json have in common.
import { quote } from "../../check/describe.js";
import type { Fields } from "./fields.js";

export interface TokenModel {
  /** Appends the ids of a piece that is not empty. */
  encode(piece: string, ids: number[]): void;
  idOf(token: string): number | undefined;
  /** Tokens in the vocabulary. */
  readonly entries: number;
  readonly largestId: number;
}

/** The vocabulary of a model that keeps it as an object of ids, and what the model says of it. */
export function vocabularyOf(fields: Fields) {
  const vocabulary = new Map<string, number>();
  let largestId = -1;
  for (const [token, value] of fields.entries("vocab")) {
    const id = fields.idOf(value, `vocab[${quote(token)}]`);
    vocabulary.set(token, id);
    largestId = Math.max(largestId, id);
  }
  const idOf = (token: string) => vocabulary.get(token);
  return { vocabulary, facts: { idOf, entries: vocabulary.size, largestId } };
}

/**
 * The ids of a text's bytes, which are tokens such as <0x0A>; undefined where the model does not fall
 * back to bytes, or one of them is not in its vocabulary.
 */
export function byteFallback(fields: Fields, vocabulary: ReadonlyMap<string, number>) {
  const fallsBack = fields.boolean("byte_fallback", false);
  const byteIds = Array.from({ length: 256 }, (_, byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );
  const encoder = new TextEncoder();
  return (text: string): number[] | undefined => {
    if (!fallsBack) return undefined;
    const ids = Array.from(encoder.encode(text), (byte) => byteIds[byte]);
    return ids.includes(undefined) ? undefined : (ids as number[]);
  };
}

/** The id of the unknown token. */
export function unknownId(fields: Fields, vocabulary: ReadonlyMap<string, number>): number {
  const token = fields.text("unk_token");
  const id = vocabulary.get(token);
  if (id === undefined) throw fields.error(`is ${quote(token)}: it must be in vocab`, "unk_token");
  return id;
}
