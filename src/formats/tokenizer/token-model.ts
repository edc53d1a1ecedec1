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

/** The vocabulary of a model that keeps it as an object of ids. */
export function vocabularyOf(fields: Fields): { vocabulary: Map<string, number>; largest: number } {
  const vocabulary = new Map<string, number>();
  let largest = -1;
  for (const [token, value] of fields.entries("vocab")) {
    const id = fields.idOf(value, `vocab[${quote(token)}]`);
    vocabulary.set(token, id);
    largest = Math.max(largest, id);
  }
  return { vocabulary, largest };
}

/** The id of the unknown token. */
export function unknownId(fields: Fields, vocabulary: ReadonlyMap<string, number>): number {
  const token = fields.text("unk_token");
  const id = vocabulary.get(token);
  if (id === undefined) throw fields.error(`is ${quote(token)}: it must be in vocab`, "unk_token");
  return id;
}
