// The models of tokenizer.json: from a piece of text to ids.

import { bpe } from "./bpe.js";
import { type Fields, unknownType } from "./fields.js";
import { type TokenModel, unknownId, vocabularyOf } from "./token-model.js";
import { unigram } from "./unigram.js";

const readers: Record<string, (fields: Fields) => TokenModel> = {
  BPE: bpe,
  Unigram: unigram,
  WordLevel: wordLevel,
  WordPiece: wordPiece,
};

/**
 * The model that tokenizer.json describes.
 *
 * @throws FormatError for one that was not verified, or a field of it that does not fit.
 */
export function modelOf(fields: Fields): TokenModel {
  const type = typeOf(fields);
  if (type === undefined) throw unknownType(fields, Object.keys(readers));
  const model = readers[type](fields);
  fields.close();
  return model;
}

/** The type; older files do not name it, and the original recognises them by their fields. */
function typeOf(fields: Fields): string | undefined {
  const type = fields.value("type");
  if (typeof type === "string" && Object.hasOwn(readers, type)) return type;
  if (type !== undefined) return undefined;
  if (fields.value("merges") !== undefined) return "BPE";
  if (Array.isArray(fields.value("vocab"))) return "Unigram";
  return fields.value("max_input_chars_per_word") === undefined ? undefined : "WordPiece";
}

/** A piece is a token or unknown. */
function wordLevel(fields: Fields): TokenModel {
  const { vocabulary, facts } = vocabularyOf(fields);
  const unknown = unknownId(fields, vocabulary);
  return { encode: (piece, ids) => void ids.push(vocabulary.get(piece) ?? unknown), ...facts };
}

/** The longest token that a piece begins with, then the longest of the rest; or all unknown. */
function wordPiece(fields: Fields): TokenModel {
  const { vocabulary, facts } = vocabularyOf(fields);
  const unknown = unknownId(fields, vocabulary);
  const prefix = fields.text("continuing_subword_prefix", "##");
  const maxCharacters = fields.integer("max_input_chars_per_word", Number.MAX_SAFE_INTEGER, 100);
  let longest = 0;
  for (const token of vocabulary.keys()) longest = Math.max(longest, token.length);

  return {
    encode(piece, ids) {
      const before = ids.length;
      if (piece.length > maxCharacters && charactersIn(piece) > maxCharacters) {
        ids.push(unknown);
        return;
      }
      for (let start = 0; start < piece.length; ) {
        let end = Math.min(piece.length, start + longest);
        let id: number | undefined;
        for (; end > start; end--) {
          const part = piece.slice(start, end);
          id = vocabulary.get(start > 0 ? prefix + part : part);
          if (id !== undefined) break;
        }
        if (id === undefined) {
          ids.length = before;
          ids.push(unknown);
          return;
        }
        ids.push(id);
        start = end;
      }
    },
    ...facts,
  };
}

function charactersIn(piece: string): number {
  let count = 0;
  for (const _ of piece) count++;
  return count;
}
