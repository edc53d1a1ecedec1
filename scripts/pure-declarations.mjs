// Bundlers leave out what nobody uses where they see that its definition does nothing. Some do not see it:
//   terser, and so webpack, of a class that extends another or has a computed name, as [Symbol.iterator]
//   esbuild of arithmetic, as in 2 ** 20, and of what is read from an object
// Such classes and constants are made in functions that are marked as pure. Minifiers write what is used
// without them.
import { parseAst } from "rollup/parseAst";

/** A module with what it declares at its top marked. What it defines, and on which lines, is the same. */
export function withPureDeclarations(code) {
  const declared = parseAst(code).body.flatMap(({ declarations }) => declarations ?? []);
  const doubtful = declared.filter(
    ({ init }) => init && (isDoubtfulClass(init) || isComputed(init)),
  );
  // From the end, so that places before it hold.
  return doubtful.reverse().reduce((text, { id, init }) => {
    const made = expression(code.slice(init.start, init.end), init, id);
    return `${text.slice(0, init.start)}/* @__PURE__ */(()=>${made})()${text.slice(init.end)}`;
  }, code);
}

/** What a function's arrow points to. */
function expression(text, { type, id }, variable) {
  if (type === "ObjectExpression") return `(${text})`;
  // In a function the variable does not give the class its name.
  return type === "ClassExpression" && id === null
    ? text.replace(/^class/, `class ${variable.name}`)
    : text;
}

const isDoubtfulClass = ({ type, superClass, body }) =>
  type === "ClassExpression" &&
  (superClass !== null || body.body.some((each) => each.computed || each.type === "StaticBlock"));

const plain = ["Literal", "Identifier", "ArrayExpression", "ObjectExpression", "UnaryExpression"];
const computing = ["BinaryExpression", "MemberExpression"];

/** Whether a value takes arithmetic or reading from objects, and nothing else. */
function isComputed(init) {
  const types = [...typesIn(init)];
  return (
    types.some((type) => computing.includes(type)) &&
    types.every((type) => computing.includes(type) || plain.includes(type))
  );
}

/** The types of an expression and of those that it is made of. */
function* typesIn(expression) {
  yield expression.type;
  const { elements = [], properties = [], argument, left, right, object } = expression;
  const named = [expression, ...properties].filter(({ computed }) => computed);
  const names = named.map(({ key, property }) => key ?? property);
  const values = properties.map((property) => property.value ?? property);
  for (const part of [...elements, ...names, ...values, argument, left, right, object]) {
    if (part) yield* typesIn(part);
  }
}
