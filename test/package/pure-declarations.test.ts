// What the build marks as pure (scripts/pure-declarations.mjs) is the same, and bundlers can leave it out.
import { transform } from "esbuild";
import { expect, test } from "vitest";
import { withPureDeclarations } from "../../scripts/pure-declarations.mjs";

const declared = `
const limit = 2 ** 20, third = 1 / 3, sizes = { f32: 2 ** -23, most: [limit - 1, -third] };
const settings = { weight: sizes.f32, [limit]: Number.MAX_VALUE, seed: 0 };
let count = limit * 2;
class Base {}
const Listed = class extends Base { [Symbol.iterator]() { return [].values(); } };
`;
const calls = `
const noted = { at: 2 * note("value") }, named = { [note("name")]: 1 / 2 }, read = note("object").length + 1;
`;
const values = "[limit, third, sizes, settings, count, new Listed() instanceof Base, Listed.name]";

/** What a module's declarations are, and the calls that making them took. */
function evaluated(code: string, list: string): unknown {
  const notes: string[] = [];
  const note = (name: string) => name.slice(0, notes.push(name) && 9);
  return [new Function("note", `${code}; return ${list};`)(note), notes];
}

test("what is marked is the same, on the same lines, and nothing that calls is marked", () => {
  const marked = withPureDeclarations(declared);
  expect(marked.match(/@__PURE__/g)).toHaveLength(6);
  expect(marked.split("\n").map((line: string) => line.split(" = ")[0])).toEqual(
    declared.split("\n").map((line: string) => line.split(" = ")[0]),
  );
  expect(evaluated(marked, values)).toEqual(evaluated(declared, values));
  expect(withPureDeclarations(calls)).toBe(calls);
  expect(evaluated(calls, "noted")).toEqual([{ at: Number.NaN }, ["value", "name", "object"]]);
});

test("unused, it is left out; used, it is minified to what it was", async () => {
  const minified = async (code: string) =>
    (await transform(code, { format: "esm", minify: true, treeShaking: true })).code.trim();
  expect(await minified(withPureDeclarations(declared))).toBe("");
  expect(await minified(declared)).not.toBe("");
  const constants = declared.replace(/const Listed.*\n/, "");
  const used = `${constants}export { limit, third, sizes, settings, count };`;
  expect(withPureDeclarations(used)).not.toBe(used);
  expect(await minified(withPureDeclarations(used))).toBe(await minified(used));
});
