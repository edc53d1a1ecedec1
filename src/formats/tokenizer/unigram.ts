// The unigram model: of all ways to cut a piece into tokens the one with the highest sum of scores.
import { kindOf } from "../strict-json.js";
import type { Fields } from "./fields.js";
import { remembering } from "./remembering.js";
import { byteFallback, type TokenModel } from "./token-model.js";

/** What an unknown character costs beside the token with the lowest score. */
const unknownPenalty = 10;

export function unigram(fields: Fields): TokenModel {
  const list = fields.list("vocab");
  const tokens: string[] = [];
  const scores: number[] = [];
  for (const [i, entry] of list.entries()) {
    const [token, score] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    if (typeof token !== "string" || token === "" || !Number.isFinite(score)) {
      throw fields.error(`is ${kindOf(entry)}: it must be a text and its score`, `vocab[${i}]`);
    }
    tokens.push(token);
    scores.push(score);
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if ((fields.value("unk_id") ?? null) === null) {
    throw fields.error("is missing: characters that no token has need it", "unk_id");
  }
  const unknown = fields.integer("unk_id", tokens.length - 1);
  const bytesOf = byteFallback(fields, ids);
  const unknownScore = scores.reduce((a, b) => Math.min(a, b), Infinity) - unknownPenalty;
  const sorted = new SortedTokens(ids);

  function encode(piece: string, result: number[]): void {
    const size = piece.length;
    const best = new Float64Array(size + 1);
    const from = new Int32Array(size + 1).fill(-1);
    const by = new Int32Array(size + 1);
    const reach = (start: number, end: number, score: number, id: number) => {
      const total = score + best[start];
      if (from[end] >= 0 && total <= best[end]) return;
      best[end] = total;
      from[end] = start;
      by[end] = id;
    };
    for (let start = 0; start < size; ) {
      const width = (piece.codePointAt(start) as number) > 0xffff ? 2 : 1;
      let single = false;
      sorted.eachPrefix(piece, start, (end, id) => {
        reach(start, end, scores[id], id);
        if (end - start === width) single = true;
      });
      if (!single) reach(start, start + width, unknownScore, unknown);
      start += width;
    }
    const cuts: [start: number, end: number][] = [];
    let fusing = false;
    for (let end = size; end > 0; end = from[end]) {
      const last = cuts.at(-1);
      if (by[end] === unknown && fusing && last) last[0] = from[end];
      else cuts.push([from[end], end]);
      fusing = by[end] === unknown;
    }
    for (const [start, end] of cuts.reverse()) append(piece.slice(start, end), result);
  }

  function append(token: string, result: number[]): void {
    const id = ids.get(token);
    if (id !== undefined) result.push(id);
    else for (const one of bytesOf(token) ?? [unknown]) result.push(one);
  }

  return {
    encode: remembering(encode),
    idOf: (token) => ids.get(token),
    entries: tokens.length,
    largestId: tokens.length - 1,
  };
}

/** Tokens in order, so that all that a text goes on with are found by narrowing a range. */
class SortedTokens {
  readonly #tokens: string[];
  readonly #ids: number[];
  /** Where the tokens begin that begin with a code unit. */
  readonly #starts = new Map<number, [low: number, high: number]>();

  constructor(ids: ReadonlyMap<string, number>) {
    this.#tokens = [...ids.keys()].sort();
    this.#ids = this.#tokens.map((token) => ids.get(token) as number);
    for (const [i, token] of this.#tokens.entries()) {
      const range = this.#starts.get(token.charCodeAt(0));
      if (range) range[1] = i + 1;
      else this.#starts.set(token.charCodeAt(0), [i, i + 1]);
    }
  }

  /** Calls back with the end and the id of each token at `start`, the shortest first. */
  eachPrefix(text: string, start: number, found: (end: number, id: number) => void): void {
    const range = this.#starts.get(text.charCodeAt(start));
    if (!range) return;
    let [low, high] = range;
    for (let depth = 1; low < high; depth++) {
      if (this.#tokens[low].length === depth) found(start + depth, this.#ids[low++]);
      if (start + depth >= text.length) return;
      const code = text.charCodeAt(start + depth);
      low = this.#firstNotBelow(low, high, depth, code);
      high = this.#firstNotBelow(low, high, depth, code + 1);
    }
  }

  /** The first token of a range whose code unit at `depth` is not below `code`. */
  #firstNotBelow(low: number, high: number, depth: number, code: number): number {
    let [from, to] = [low, high];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#tokens[middle].charCodeAt(depth) < code) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
