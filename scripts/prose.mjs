// npm run prose [-- FILE...]: the rules of scripts/prose.yml over the documentation, and over what
// people read in the sources: help texts, messages and comments.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TextlintKernel } from "@textlint/kernel";
import markdown from "@textlint/textlint-plugin-markdown";
import prh from "textlint-rule-prh";
import ts from "typescript";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs"];
const sources = ["src", "assembly", "lab", "bench", "reproduce", "fuzz", "scripts"];

function filesUnder(path) {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(md|ts|mjs)$/.test(file) && !/node_modules|\.text\.|models/.test(file))
    .map((file) => join(path, file));
}

/**
 * What people read in a source, as markdown: each comment and each string a paragraph, the lines of
 * the source beside its lines.
 */
function proseOf(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const paragraphs = new Map();
  const add = (start, content) => {
    // A string without a space is a name.
    if (/\S\s+\S/.test(content)) paragraphs.set(start, content);
  };
  const visit = (node) => {
    for (const comment of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) {
      add(comment.pos, text.slice(comment.pos, comment.end));
    }
    for (const comment of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) {
      add(comment.pos, text.slice(comment.pos, comment.end));
    }
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      add(node.getStart(), node.text);
    } else if (ts.isTemplateExpression(node)) {
      add(
        node.getStart(),
        [node.head, ...node.templateSpans.map((s) => s.literal)].map((s) => s.text).join("X"),
      );
    }
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  const lines = [];
  const places = [];
  for (const [start, content] of [...paragraphs].sort(([a], [b]) => a - b)) {
    const { line } = source.getLineAndCharacterOfPosition(start);
    content.split("\n").forEach((row, i) => {
      // Indentation would make it code; "@param" begins a paragraph of its own.
      lines.push(
        row.replace(/^\s*(?:\/\/|\/?\*+\/?)?\s*|\s*\*\/$/g, "").replace(/^(?=[@-])/, "\\"),
      );
      places.push(line + i + 1);
    });
    lines.push("");
    places.push(line + 1);
  }
  return { text: lines.join("\n"), places };
}

const kernel = new TextlintKernel();
const asked = process.argv.slice(2);
const files = (asked.length > 0 ? asked : [...pages, ...sources]).flatMap(filesUnder);
let found = 0;
for (const file of files) {
  const isPage = file.endsWith(".md");
  const { text, places } = isPage ? { text: readFileSync(file, "utf8") } : proseOf(file);
  const { messages } = await kernel.lintText(text, {
    ext: ".md",
    filePath: file,
    plugins: [{ pluginId: "markdown", plugin: markdown.default }],
    rules: [{ ruleId: "prh", rule: prh.default, options: { rulePaths: ["scripts/prose.yml"] } }],
  });
  for (const { line, message } of messages) {
    found++;
    console.log(`${file}:${places ? places[line - 1] : line}: ${message.split("\n")[0]}`);
  }
}
console.log(found === 0 ? `${files.length} files read, nothing to mend` : `${found} to mend`);
process.exitCode = found === 0 ? 0 : 1;
