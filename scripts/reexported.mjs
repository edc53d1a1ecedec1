// An entry whose parts are all in another file imports them and exports them again. Named once they are half
// the text, and engines make no variables of them.
import { parseAst } from "rollup/parseAst";

/** A module that only passes on what it imports from one file names it once; others stay as they are. */
export function reexported(code) {
  const body = parseAst(code).body;
  const passing = body.filter(
    ({ type, specifiers = [] }) => type !== "ImportDeclaration" || specifiers.length > 0,
  );
  const [from, to] = passing;
  const isOnly =
    passing.length === 2 &&
    from.type === "ImportDeclaration" &&
    from.specifiers.every(({ type }) => type === "ImportSpecifier") &&
    to.type === "ExportNamedDeclaration" &&
    to.source === null &&
    to.declaration === null;
  if (!isOnly) return code;
  const given = new Map(from.specifiers.map(({ local, imported }) => [local.name, imported.name]));
  const names = to.specifiers.map(({ local, exported }) => {
    const name = given.get(local.name);
    return name === exported.name ? name : `${name} as ${exported.name}`;
  });
  const before = body.filter((each) => !passing.includes(each));
  const lines = before.map(({ start, end }) => `${code.slice(start, end)}\n`);
  // Lines stay short: engines print the whole line that an error comes from.
  const list = names.join(",").replace(/.{180,}?,/g, "$&\n");
  return `${lines.join("")}export{${list}}from${from.source.raw};\n`;
}
