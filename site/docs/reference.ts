// The reference of all public functions, by TypeDoc, as Markdown: once for each state of the sources.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compact } from "./compact.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(repository, "build/reference");
const options = join(repository, "site/docs/typedoc.json");

/** The package's entries by their sources: src/lora-node.ts is `lowrank/lora/node`. */
function entries(): Map<string, string> {
  const { exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const names = new Map<string, string>();
  for (const [name, { types }] of Object.entries<{ types?: string }>(exports)) {
    const source = types && /dist\/types\/(.*)\.d\.ts$/.exec(types)?.[1];
    if (source && !names.has(source)) names.set(source, `lowrank${name.slice(1)}`);
  }
  return names;
}

export interface Reference {
  /** By their names in the folder. */
  pages: { name: string; text: string }[];
  /** What TypeDoc has to say against the sources: nothing, the tests ask. */
  warnings: string[];
}

export async function reference(): Promise<Reference> {
  const stamp = join(folder, ".sources.json");
  const state = stateOfSources();
  const earlier = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  let { warnings } = earlier as Reference;
  if (earlier.state !== state) {
    const typedoc = join(repository, "node_modules/typedoc/bin/typedoc");
    const sources = [...entries().keys()].map((name) => join(repository, `src/${name}.ts`));
    const settings = ["--options", options, "--out", folder, ...sources];
    const command = [typedoc, ...settings];
    const printed = await promisify(execFile)(process.execPath, command, { cwd: repository });
    const lines = `${printed.stdout}\n${printed.stderr}`.split("\n");
    warnings = lines.filter((line) => line.includes("[warning]"));
    writeFileSync(stamp, JSON.stringify({ state, warnings }));
  }
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => ({
      name: core(name.replaceAll("\\", "/")),
      text: named(readFileSync(join(folder, name), "utf8")),
    }));
  const links = written.flatMap(({ text }) => [...text.matchAll(/\]\([^)#]*#([^)]+)\)/g)]);
  const linked = new Set(links.map(([, anchor]) => anchor));
  const pages = written.map(({ name, text }) => ({ name, text: compact(text, linked) }));
  return { pages, warnings };
}

/** A folder's index is its README. */
const core = (name: string) => name.replace(/\bindex\.md/g, "core.md");

/** TypeDoc calls an entry by its source; people call it by what they import. */
function named(text: string): string {
  let found = core(text);
  for (const [source, name] of entries()) {
    const file = core(`${source}.md`);
    found = found
      .replace(new RegExp(`^# ${source}$`, "m"), `# ${name}`)
      .replace(`[${source}](${file})`, `[${name}](${file})`);
  }
  return found;
}

function stateOfSources(): string {
  const hash = createHash("sha256").update(readFileSync(options));
  const src = join(repository, "src");
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" }).sort()) {
    if (name.endsWith(".ts") && !/\.text\.ts$|^cli/.test(name)) {
      hash.update(name).update(readFileSync(join(src, name)));
    }
  }
  return hash.digest("hex");
}
