// Runs the examples of documentation comments and of Markdown pages, and checks what they claim:
// in `expression; // 42` the comment is the value. A comment that is no value is prose.
import { transform } from "esbuild";
import { expect } from "vitest";

/** The TypeScript blocks of a Markdown text, with the line that each starts on. */
export function codeBlocks(markdown: string): { line: number; code: string }[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    line: markdown.slice(0, match.index).split("\n").length + 1,
    code: match[1],
  }));
}

/** The examples of the documentation comments in a source file. */
export function docExamples(source: string): { line: number; code: string }[] {
  // Only what stands in a comment is kept, line by line, so that line numbers hold.
  const comments = source.replace(/^(?:\s*\* ?|(.*))/gm, (line, other) =>
    other === undefined ? "" : line.trim() === "" ? "" : "\u0000",
  );
  return codeBlocks(comments.replaceAll("\u0000", ""));
}

const statement =
  /^(const|let|for|while|if|else|return|throw|import|export|function|try|[)}\]{]|\/\/)/;

/** Turns `expression; // value` into a check of the value. */
function checked(line: string): string {
  const match = /^(\s*)(\S.*?);\s*\/\/ (.*)$/.exec(line);
  if (!match || statement.test(match[2])) return line;
  const [, indent, code, claim] = match;
  const expression = /^console\.log\((.*)\)$/.exec(code)?.[1] ?? code;
  return `${indent}expectClaim(${expression}, ${JSON.stringify(claim)});`;
}

/** `import { a } from "lowrank"` as a destructuring of what the test imported. */
const localImports = (code: string) =>
  code
    .replace(/^import type .*\n/gm, "\n")
    .replace(
      /^import (\{[^}]*\}) from "(.+?)";$/gm,
      (_, names, from) =>
        `const ${names.replaceAll(" as ", ": ")} = await importModule(${JSON.stringify(from)});`,
    );

/**
 * Runs an example.
 *
 * @param scope - names that it may use without importing them.
 * @param modules - the packages that it may import besides Node's own.
 */
export async function runExample(
  code: string,
  scope: Record<string, unknown>,
  modules: Record<string, unknown> = {},
): Promise<void> {
  // A claim may stand on the line below its expression.
  const joined = localImports(code).replace(/;\n *\/\/ (?=[[{\d"-]|\w+Array \[)/g, "; // ");
  const prepared = joined.split("\n").map(checked).join("\n");
  const { code: javascript } = await transform(`async () => {\n${prepared}\n}`, { loader: "ts" });
  const used = Object.keys(scope).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const declares = (name: string) =>
    new RegExp(`\\b(const|let) (${name}\\b|\\{[^}]*\\b${name}\\b)`).test(prepared);
  const given = used.filter((name) => !declares(name));
  const importModule = (name: string) => modules[name] ?? import(name);
  const example = new Function(
    "expectClaim",
    "importModule",
    ...given,
    `return (${javascript.trim().replace(/;$/, "")})();`,
  );
  await example(expectClaim, importModule, ...given.map((name) => scope[name]));
}

/**
 * Compares a value with the text of the comment beside it; prose claims nothing. Numbers must agree
 * to the decimals that the comment shows, integers to nine: rounding is no news.
 */
function expectClaim(value: unknown, claim: string): void {
  const list = /^-?\d[\d.e-]*(, -?\d[\d.e-]*)+$/.test(claim) ? `[${claim}]` : claim;
  const text = list.replace(/\b\w+Array (?=\[)/g, "");
  let claimed: unknown;
  try {
    claimed = new Function(`return (${text});`)();
  } catch {
    return;
  }
  const shown = Math.max(0, ...[...text.matchAll(/\.(\d+)/g)].map(([, digits]) => digits.length));
  expect(plain(value, shown || 9)).toEqual(plain(claimed, shown || 9));
}

/** Typed arrays as plain ones and numbers rounded, also within arrays and objects. */
function plain(value: unknown, decimals: number): unknown {
  if (typeof value === "number") return Number(value.toFixed(decimals)) + 0;
  if (ArrayBuffer.isView(value)) return plain([...(value as Float64Array)], decimals);
  if (Array.isArray(value)) return value.map((entry) => plain(entry, decimals));
  if (Object.prototype.toString.call(value) !== "[object Object]") return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, entry]) => [key, plain(entry, decimals)]),
  );
}
