// Bundlers leave out a class that nobody uses where they see that its definition does nothing. Terser, and so
// webpack, does not see that of a class that extends another or has a computed name, as [Symbol.iterator]:
// such classes are made in functions that are marked as pure.
import { parseAst } from "rollup/parseAst";

const doubtful = ({ superClass, body }) =>
  superClass !== null || body.body.some(({ computed, type }) => computed || type === "StaticBlock");

/** A module with its top-level classes marked. What it defines, and on which lines, is the same. */
export function withPureClasses(code) {
  const declared = parseAst(code).body.flatMap(({ declarations }) => declarations ?? []);
  const classes = declared.filter(({ init }) => init?.type === "ClassExpression" && doubtful(init));
  // From the end, so that places before it hold.
  return classes.reverse().reduce((text, { id, init }) => {
    const given = text.slice(init.start, init.end);
    // In a function the variable does not give the class its name.
    const named = init.id === null ? given.replace(/^class/, `class ${id.name}`) : given;
    return `${text.slice(0, init.start)}/* @__PURE__ */(()=>${named})()${text.slice(init.end)}`;
  }, code);
}
