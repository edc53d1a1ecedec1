// Tokens that are found in the text before the model sees it.

import { quote } from "../../check/describe.js";
import { lazySet } from "./character-set.js";
import { type Fields, partsOf } from "./fields.js";
import { type Normalizer, spaces } from "./normalizers.js";
import type { TokenModel } from "./token-model.js";
import * as data from "./unicode-data.js";

interface AddedToken {
  content: string;
  id: number;
  singleWord: boolean;
  leftSpaces: boolean;
  rightSpaces: boolean;
  normalized: boolean;
}

/** A text, or the id of a token in its place. */
export type Segment = string | number;

const words = lazySet(data.words);

/** The tokens of the field added_tokens. */
export class AddedTokens {
  readonly #whole: Trie;
  readonly #normalized: Trie;
  readonly largestId: number;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #normalize: Normalizer;

  /** @throws FormatError when they are not tokens, or have ids that the original would not give. */
  constructor(root: Fields, model: TokenModel, normalize: Normalizer) {
    this.#normalize = normalize;
    const tokens = readTokens(root, model);
    this.largestId = tokens.reduce((largest, { id }) => Math.max(largest, id), -1);
    this.#ids = new Map(tokens.map(({ content, id }) => [content, id]));
    this.#whole = new Trie();
    this.#normalized = new Trie();
    for (const token of tokens) {
      if (!token.normalized) this.#whole.add(token.content, token);
      else if (!this.#normalized.add(normalize(token.content), token)) {
        throw root.error(
          `holds ${quote(token.content)}, of which the normalizer leaves nothing, or the same as ` +
            "of another one",
          "added_tokens",
        );
      }
    }
  }

  idOf(content: string): number | undefined {
    return this.#ids.get(content);
  }

  /** Calls back with each token and each text between, normalized, in order; none is empty. */
  segments(text: string, found: (segment: Segment, begins: boolean) => void): void {
    let start = 0;
    for (const segment of this.#whole.split(text)) {
      if (typeof segment === "number") {
        found(segment, false);
        start++;
        continue;
      }
      let first = start === 0;
      for (const part of this.#normalized.split(this.#normalize(segment))) {
        if (part !== "") found(part, first);
        first = false;
      }
      start++;
    }
  }
}

/** Characters of a token: each place of a text is compared with so many at most. */
const longestContent = 1000;

function readTokens(root: Fields, model: TokenModel): AddedToken[] {
  const value = root.value("added_tokens");
  if (value === undefined || value === null) return [];
  const contents = new Set<string>();
  const ids = new Map<number, string>();
  let largest = -1;
  const read = partsOf(root, "added_tokens").map((fields) => {
    const content = fields.text("content");
    const id = fields.integer("id");
    const special = fields.boolean("special", false);
    const token: AddedToken = {
      content,
      id,
      singleWord: fields.boolean("single_word", false),
      leftSpaces: fields.boolean("lstrip", false),
      rightSpaces: fields.boolean("rstrip", false),
      normalized: fields.boolean("normalized", !special),
    };
    fields.close();
    if (content === "" || content.length > longestContent) {
      throw fields.error(`must have 1 to ${longestContent} characters`, "content");
    }
    if (contents.has(content) || ids.has(id)) {
      const shown = contents.has(content) ? quote(content) : `the id ${id}`;
      throw fields.error(`has ${shown}, as another added token`);
    }
    const right = model.idOf(content) ?? Math.max(largest + 1, model.entries);
    if (id !== right) {
      const why =
        model.idOf(content) === undefined
          ? `the next one that is free is ${right}`
          : `the vocabulary gives ${quote(content)} ${right}`;
      throw fields.error(`is ${id}, and ${why}`, "id");
    }
    contents.add(content);
    ids.set(id, content);
    largest = Math.max(largest, id);
    return { token, special };
  });
  return [...read.filter(({ special }) => special), ...read.filter(({ special }) => !special)].map(
    ({ token }) => token,
  );
}

interface TrieNode {
  next: Map<number, TrieNode>;
  token?: AddedToken;
}

/** Finds the leftmost and, of those, the longest content. */
class Trie {
  readonly #root: TrieNode = { next: new Map() };

  /** False for a content that is empty or was added before. */
  add(content: string, token: AddedToken): boolean {
    let node = this.#root;
    for (let at = 0; at < content.length; at++) {
      const code = content.charCodeAt(at);
      let next = node.next.get(code);
      if (!next) {
        next = { next: new Map() };
        node.next.set(code, next);
      }
      node = next;
    }
    if (content === "" || node.token) return false;
    node.token = token;
    return true;
  }

  /** The ids of the tokens in a text, and what is between. */
  split(text: string): Segment[] {
    if (this.#root.next.size === 0) return [text];
    const segments: Segment[] = [];
    let last = 0;
    for (let at = 0; at < text.length; ) {
      const found = this.#longestAt(text, at);
      if (!found) {
        at++;
        continue;
      }
      let [start, end] = [at, found.end];
      at = end;
      const { token } = found;
      if (token.singleWord && (endsWord(text, start) || startsWord(text, end))) continue;
      if (token.leftSpaces) {
        while (start > last && spaces().has(text.charCodeAt(start - 1))) start--;
        start = Math.max(start, last);
      }
      if (token.rightSpaces) {
        while (end < text.length && spaces().has(text.charCodeAt(end))) end++;
      }
      if (start > last) segments.push(text.slice(last, start));
      // Spaces that the token before has taken can be all of this one.
      if (start < end) segments.push(token.id);
      last = end;
    }
    if (last < text.length) segments.push(text.slice(last));
    return segments;
  }

  #longestAt(text: string, start: number): { token: AddedToken; end: number } | undefined {
    let node = this.#root.next.get(text.charCodeAt(start));
    let found: { token: AddedToken; end: number } | undefined;
    for (let at = start + 1; node; at++) {
      if (node.token) found = { token: node.token, end: at };
      node = at < text.length ? node.next.get(text.charCodeAt(at)) : undefined;
    }
    return found;
  }
}

function startsWord(text: string, at: number): boolean {
  return at < text.length && words().has(text.codePointAt(at) as number);
}

function endsWord(text: string, at: number): boolean {
  if (at === 0) return false;
  const low = text.charCodeAt(at - 1);
  const pair = low >= 0xdc00 && low < 0xe000;
  return words().has(pair ? (text.codePointAt(at - 2) as number) : low);
}
