// The special tokens around a text or a pair of texts.
import { quote } from "../../check/describe.js";
import { Fields, partsOf, readPart } from "./fields.js";

/** A part of a template: a text, the first or the second one, or the ids of a special token. */
type TemplatePart = { text: 0 | 1; type: number } | { ids: readonly number[]; type: number };

export interface Template {
  single: readonly TemplatePart[];
  pair: readonly TemplatePart[];
}

const [first, second]: TemplatePart[] = [
  { text: 0, type: 0 },
  { text: 1, type: 1 },
];

/** Nothing but the texts. */
export const bareTemplate: Template = { single: [first], pair: [first, second] };

/** The id of a token, in the vocabulary or added to it. */
type IdOf = (token: string) => number | undefined;

const readers: Record<string, (fields: Fields, idOf: IdOf) => Template> = {
  BertProcessing: (fields) => {
    const [cls, sep] = [special(fields, "cls"), special(fields, "sep")];
    const closing: TemplatePart = { ...sep, type: 1 };
    return { single: [cls, first, sep], pair: [cls, first, sep, second, closing] };
  },
  ByteLevel: (fields) => {
    fields.boolean("add_prefix_space");
    fields.boolean("trim_offsets");
    fields.boolean("use_regex", true);
    return bareTemplate;
  },
  RobertaProcessing: (fields) => {
    const [cls, sep] = [special(fields, "cls"), special(fields, "sep")];
    fields.boolean("trim_offsets");
    fields.boolean("add_prefix_space");
    const other: TemplatePart = { text: 1, type: 0 };
    return { single: [cls, first, sep], pair: [cls, first, sep, sep, other, sep] };
  },
  Sequence: (fields, idOf) => {
    const templates = partsOf(fields, "processors").map((part) => templateOf(part, idOf));
    const adding = templates.filter((template) => template !== bareTemplate);
    if (adding.length > 1) {
      throw fields.error("has two parts that add tokens: one is supported", "processors");
    }
    return adding[0] ?? bareTemplate;
  },
  TemplateProcessing: templateProcessing,
};

/** The template of a post-processor. @throws as `readPart`. */
export function templateOf(fields: Fields, idOf: IdOf): Template {
  return readPart(fields, readers, idOf);
}

/** A token and its id: ["[CLS]", 101]. */
function special(fields: Fields, name: string): TemplatePart {
  const [token, id] = fields.list(name);
  if (typeof token !== "string" || fields.list(name).length !== 2) {
    throw fields.error("must be a token and its id", name);
  }
  return { ids: [fields.idOf(id, name)], type: 0 };
}

function templateProcessing(fields: Fields, idOf: IdOf): Template {
  const tokens = new Map<string, number[]>();
  for (const [name, value] of fields.entries("special_tokens")) {
    const place = `${fields.placeOf("special_tokens")}[${quote(name)}]`;
    const token = new Fields(value, place, fields.source);
    token.text("id");
    const ids = token.list("ids").map((id) => token.idOf(id, "ids"));
    if (token.list("tokens").length !== ids.length) {
      throw token.error("must be as long as ids", "tokens");
    }
    token.close();
    tokens.set(name, ids);
  }
  /** A token that special_tokens leaves out has its own id. */
  const idsOf = (name: string) => {
    const id = idOf(name);
    return tokens.get(name) ?? (id === undefined ? undefined : [id]);
  };
  return {
    single: partsOfTemplate(fields, "single", idsOf, [1, 0]),
    pair: partsOfTemplate(fields, "pair", idsOf, [1, 1]),
  };
}

function partsOfTemplate(
  fields: Fields,
  name: string,
  idsOf: (name: string) => number[] | undefined,
  wanted: readonly [a: number, b: number],
): TemplatePart[] {
  const counts = [0, 0];
  const parts = partsOf(fields, name).map((piece): TemplatePart => {
    const isText = piece.value("Sequence") !== undefined;
    const inner = piece.object(isText ? "Sequence" : "SpecialToken");
    piece.value("SpecialToken");
    piece.close();
    const type = inner.integer("type_id");
    if (isText) {
      const text = inner.word("id", ["A", "B"]) === "A" ? 0 : 1;
      counts[text]++;
      inner.close();
      return { text, type };
    }
    const ids = idsOf(inner.text("id"));
    if (!ids) throw inner.error("is neither among special_tokens nor in the vocabulary", "id");
    inner.close();
    return { ids, type };
  });
  if (counts[0] !== wanted[0] || counts[1] !== wanted[1]) {
    const must = wanted[1] === 1 ? "A and B once each" : "A once, and not B";
    throw fields.error(
      `has A ${counts[0]} times and B ${counts[1]} times: it must have ${must}`,
      name,
    );
  }
  return parts;
}
