// The texts that models take.

import { quote } from "../check/describe.js";
import { settingNames } from "../check/foreign-names.js";
import { nearest } from "../check/options.js";
import { checkObject } from "../check/values.js";
import { refuse } from "./check.js";

/** A text, or a pair of texts that are judged together. */
export interface TextInput {
  readonly text: string;
  readonly pair?: string | undefined;
}

/** A text as it is, or with its pair. */
export type GivenText = string | TextInput;

/** Texts as a model takes them: strings as they are, one alone or a list. */
export type GivenTexts = string | readonly GivenText[];

/** The texts that are given. @throws TypeError as `checkTexts`. */
export function readTexts(name: string, what: string, given: GivenTexts): readonly TextInput[] {
  const texts = typeof given === "string" ? [given] : given;
  if (!Array.isArray(texts)) {
    refuse(name, `${what}s`, texts, "a string, or an array of strings or { text }");
  }
  const read = Array.from(texts, (text) => (typeof text === "string" ? { text } : text));
  checkTexts(name, what, read);
  return read;
}

/** @throws TypeError when one of them is not a text, or they are not a list. */
export function checkTexts(name: string, what: string, texts: readonly TextInput[]): void {
  if (!Array.isArray(texts)) refuse(name, `${what}s`, texts, "an array of { text }");
  for (let i = 0; i < texts.length; i++) checkText(name, `${what} ${i}`, texts[i]);
}

const textFields = ["text", "pair", "label"];

/**
 * A text may carry what is not for us, such as its number. But not what looks like its pair, or a
 * weight: they would silently count for nothing.
 */
function checkFurther(name: string, what: string, key: string, hasPair: boolean): void {
  const isPair =
    !hasPair && !/id$/i.test(key) && nearest(key, ["pair"], settingNames) !== undefined;
  if (!isPair && !/weight/i.test(key)) return;
  const way = isPair ? "did you mean pair?" : `there are ${textFields.join(", ")}`;
  throw new TypeError(`${name}: there is no field ${quote(key)} of ${what}: ${way}`);
}

/** @throws TypeError when it is not a text or pair of texts. */
export function checkText(name: string, what: string, input: TextInput): void {
  checkObject(name, what, input, "{ text } or { text, pair }");
  const { text, pair } = input;
  for (const key in input) {
    if (!textFields.includes(key)) checkFurther(name, what, key, pair !== undefined);
  }
  if (typeof text !== "string") refuse(name, `text of ${what}`, text, "a string");
  if (pair !== undefined && typeof pair !== "string") {
    refuse(name, `pair of ${what}`, pair, "a string, or left out");
  }
}
