// The results that are kept: each file must say where it comes from.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { experiments } from "../../reproduce/experiments/index.mjs";

const folder = new URL("../../docs/reproduction/", import.meta.url);
const files = readdirSync(folder);
const page = readFileSync(new URL("../reproduction.md", folder), "utf8");

test.each(files.filter((file) => /\.(csv|svg)$/.test(file)))(
  "%s says the command, the seed and the commits that made it",
  (file) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const name = text.match(/command: npm run reproduce -- ([a-z-]+)\n/)?.[1] ?? "";
    expect(Object.keys(experiments)).toContain(name);
    expect(file.startsWith(name)).toBe(true);
    expect(text).toMatch(/seed: \d+\n/);
    expect(text).toMatch(/commit: [0-9a-f]{40}(, [0-9a-f]{40})*\n/);
    expect(page).toContain(`reproduction/${file}`);
  },
);

test("the page has every row of the reports, and names the experiments that were not run", () => {
  for (const name of Object.keys(experiments)) {
    if (!files.includes(`${name}.json`)) {
      expect(page).toMatch(new RegExp(`Not yet run in full:.*\`${name}\``));
      continue;
    }
    const { findings } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
    for (const { quantity, ours, verdict } of findings) {
      const row = page.split("\n").find((line) => line.startsWith(`| ${quantity} |`));
      expect(row).toContain(ours);
      expect(row).toContain(verdict);
    }
  }
});
