// Byte pair encoding: the characters of a piece are merged, the earliest merge of the list first.
import { quote } from "../../check/describe.js";
import { kindOf } from "../strict-json.js";
import { type Fields, largestId } from "./fields.js";
import { remembering } from "./remembering.js";
import { byteFallback, type TokenModel, unknownId, vocabularyOf } from "./token-model.js";

interface Merge {
  rank: number;
  id: number;
}

/** Two ids as one key. */
const pairOf = (left: number, right: number) => left * (largestId + 1) + right;

export function bpe(fields: Fields): TokenModel {
  const { vocabulary, facts } = vocabularyOf(fields);
  const prefix = fields.text("continuing_subword_prefix", "");
  const suffix = fields.text("end_of_word_suffix", "");
  /** Without one, characters that no token has are left out. */
  const hasUnknown = (fields.value("unk_token") ?? null) !== null;
  // Models of bytes never need it, and then it need not be in the vocabulary.
  const unknown = vocabulary.get(fields.text("unk_token", ""));
  const fuses = fields.boolean("fuse_unk", false);
  const bytesOf = byteFallback(fields, vocabulary);
  const ignoresMerges = fields.boolean("ignore_merges", false);
  const dropout = fields.value("dropout") ?? null;
  if (dropout !== null && dropout !== 0) {
    throw fields.error("is set: tokens at random are not supported", "dropout");
  }
  const merges = mergesOf(fields, vocabulary, prefix);

  function encode(piece: string, ids: number[]): void {
    const whole = ignoresMerges ? vocabulary.get(piece) : undefined;
    if (whole !== undefined) ids.push(whole);
    else for (const id of merged(symbolsOf(piece), merges)) ids.push(id);
  }

  /** The ids of the characters; of unknown ones the next known one brings the id. */
  function symbolsOf(piece: string): number[] {
    const symbols: number[] = [];
    let pending = false;
    let start = 0;
    for (const character of piece) {
      const end = start + character.length;
      const symbol = (start > 0 ? prefix : "") + character + (end === piece.length ? suffix : "");
      start = end;
      const id = vocabulary.get(symbol);
      if (id !== undefined) {
        if (pending) symbols.push(unknown as number);
        pending = false;
        symbols.push(id);
        continue;
      }
      const bytes = bytesOf(symbol);
      if (bytes) {
        // As in the original, an unknown character before comes behind these bytes.
        symbols.push(...bytes);
      } else if (hasUnknown) {
        if (unknown === undefined) unknownId(fields, vocabulary);
        if (pending && !fuses) symbols.push(unknown as number);
        pending = true;
      }
    }
    if (pending) symbols.push(unknown as number);
    return symbols;
  }

  return { encode: remembering(encode), ...facts };
}

/** The rank and the result of each pair; of two equal merges the later one counts. */
function mergesOf(
  fields: Fields,
  vocabulary: ReadonlyMap<string, number>,
  prefix: string,
): Map<number, Merge> {
  const merges = new Map<number, Merge>();
  for (const [rank, merge] of fields.list("merges").entries()) {
    const place = `merges[${rank}]`;
    if (typeof merge === "string" && merge.startsWith("#version")) continue;
    const pair = typeof merge === "string" ? merge.split(" ") : merge;
    if (
      !Array.isArray(pair) ||
      pair.length !== 2 ||
      pair.some((part) => typeof part !== "string")
    ) {
      throw fields.error(`is ${kindOf(merge)}: it must be two tokens`, place);
    }
    const [left, right] = pair as [string, string];
    if (!right.startsWith(prefix)) {
      throw fields.error(`has ${quote(right)}, which does not begin with ${quote(prefix)}`, place);
    }
    const ids = [left, right, left + right.slice(prefix.length)].map((token) => {
      const id = vocabulary.get(token);
      if (id === undefined) throw fields.error(`has ${quote(token)}, which is not in vocab`, place);
      return id;
    });
    merges.set(pairOf(ids[0], ids[1]), { rank, id: ids[2] });
  }
  return merges;
}

/** The symbols after all merges: of those that are possible the first of the list, leftmost. */
function merged(symbols: number[], merges: ReadonlyMap<number, Merge>): number[] {
  const count = symbols.length;
  if (count < 2) return symbols;
  /** Neighbours that are left; -1 behind the ends. */
  const next = Int32Array.from(symbols, (_, i) => (i + 1 < count ? i + 1 : -1));
  const previous = Int32Array.from(symbols, (_, i) => i - 1);
  const queue = new Queue();
  const push = (at: number) => {
    const merge = merges.get(pairOf(symbols[at], symbols[next[at]]));
    if (merge) queue.push({ rank: merge.rank, at, id: merge.id });
  };
  for (let at = 0; at + 1 < count; at++) push(at);

  for (let top = queue.pop(); top; top = queue.pop()) {
    const { at, id } = top;
    const right = next[at];
    if (right < 0 || symbols[at] < 0) continue;
    if (merges.get(pairOf(symbols[at], symbols[right]))?.id !== id) continue;
    symbols[at] = id;
    symbols[right] = -1;
    next[at] = next[right];
    if (next[at] >= 0) previous[next[at]] = at;
    if (previous[at] >= 0) push(previous[at]);
    if (next[at] >= 0) push(at);
  }
  return symbols.filter((symbol) => symbol >= 0);
}

interface Candidate extends Merge {
  at: number;
}

/** A heap: the lowest rank, and of equal ones the leftmost, comes first. */
class Queue {
  readonly #heap: Candidate[] = [];

  push(candidate: Candidate): void {
    const heap = this.#heap;
    let at = heap.push(candidate) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(candidate, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = candidate;
  }

  pop(): Candidate | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

function before(a: Candidate, b: Candidate): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.at < b.at);
}
