// tokenizer.json: the parts of a tokenizer, and texts split by it.
import { TextTokenizer, tinyTokenizer } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
const words = ["the", "film", "was", "good", "bad", "xyz", "a", "zo", "q"];

export default {
  name: "tokenizer",

  specimen(random) {
    const known = words.filter(() => random.chance(0.7));
    const pieces = [...special, ...known];
    const { model, ...parts } = structuredClone(tinyTokenizer);
    const vocab = Object.fromEntries(pieces.map((piece, i) => [piece, i]));
    parts.added_tokens = parts.added_tokens.filter(({ content }) => content in vocab);
    const chosen = random.list(0, 6, () => random.pick(words));
    const ids = chosen.map((word) => vocab[word] ?? vocab["[UNK]"]);
    const tree = {
      json: Pairs.from({ ...parts, model: { ...model, vocab } }),
      text: chosen.join(" "),
    };
    return { tree, value: { ids: Int32Array.from([2, ...ids, 3]), size: pieces.length } };
  },

  encode: (tree) =>
    new Map([
      ["tokenizer.json", jsonBytes(Object(tree).json)],
      ["text", new TextEncoder().encode(String(Object(tree).text))],
    ]),

  read(files) {
    const json = files.get("tokenizer.json") ?? new Uint8Array(0);
    const text = new TextDecoder().decode(Uint8Array.from(files.get("text") ?? []));
    const tokenizer = new TextTokenizer(json, "tokenizer.json");
    const { ids, typeIds } = tokenizer.encode(text, undefined, 64);
    const pair = tokenizer.encode(text, "the film", 64);
    for (const one of [{ ids, typeIds }, pair]) {
      if (one.ids.length > 64)
        throw new Error(`${one.ids.length} tokens: at most 64 were asked for`);
      const far = one.ids.find((id) => !(id >= 0 && id < tokenizer.vocabularySize));
      if (far !== undefined) throw new Error(`the id ${far} of ${tokenizer.vocabularySize}`);
      if (one.typeIds.some((type) => !(type >= 0 && type < tokenizer.segments)))
        throw new Error("a type that is not below the number of segments");
    }
    return { ids, size: tokenizer.vocabularySize };
  },
};
