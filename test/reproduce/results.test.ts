// The results that are kept: each file must say where it comes from.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { pages } from "../../reproduce/experiments/index.mjs";

const folder = new URL("../../docs/evidence/reproduction/", import.meta.url);
const files = readdirSync(folder);
const textOf = (page: string) => readFileSync(new URL(`../${page}.md`, folder), "utf8");
const pageOf = (experiment: string) => {
  const page = pages.find(({ names }: { names: string[] }) => names.includes(experiment));
  return textOf(page?.name ?? "no page");
};

test.each(files.filter((file) => /\.(csv|svg)$/.test(file)))(
  "%s says the command, the seed and the commits that made it",
  (file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const name = text.match(/command: npm run reproduce -- ([a-z0-9-]+)\n/)?.[1] ?? "";
    expect(file.startsWith(name)).toBe(true);
    expect(text).toMatch(/seed: \d+\n/);
    expect(text).toMatch(/commit: [0-9a-f]{40}(, [0-9a-f]{40})*\n/);
    expect(pageOf(name)).toContain(`reproduction/${file}`);
  },
);

test.each(pages as { name: string; names: string[] }[])(
  "the page $name has every row of its reports, and names the experiments that were not run",
  ({ name: page, names }) => {
    const text = textOf(page);
    for (const name of names) {
      if (!files.includes(`${name}.json`)) {
        expect(text).toMatch(new RegExp(`Not yet run in full:.*\`${name}\``));
        continue;
      }
      const { findings } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
      for (const { quantity, ours, verdict } of findings) {
        const rows = text.split("\n").filter((line) => line.startsWith(`| ${quantity} |`));
        expect(rows.some((row) => row.includes(ours) && row.includes(verdict))).toBe(true);
      }
    }
  },
);
