// The build of the site: small, and the same bytes each time.
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { textOf } from "../../scripts/text-of-bytes.mjs";
import { buildSite, sharedSite } from "./browser.mjs";

/** Bytes that a visitor's browser keeps for when there is no network, without the sample of ratings. */
const budget = 3_000_000;

function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}

test("the site has at most three million bytes, and no kernels in its programs", async () => {
  const files = filesOf(await sharedSite());
  const own = [...files].filter(([name]) => !name.startsWith("sample"));
  expect(own.length).toBeGreaterThan(100);
  const bytes = own.reduce((sum, [, { length }]) => sum + length, 0);
  expect(bytes).toBeLessThan(budget);
  const programs = own.filter(([name]) => name.endsWith(".js"));
  // As the package has them: so it can fail.
  const beginning = textOf(Buffer.from("\0asm\x01\0\0\0", "latin1"));
  expect(readFileSync("src/wasm/kernels.text.ts", "utf8")).toContain(beginning);
  const withKernels = programs.filter(([, code]) => code.includes(beginning));
  expect(withKernels.map(([name]) => name)).toEqual([]);
});

test("two builds have the same bytes", async () => {
  const again = buildSite();
  try {
    const [first, second] = [filesOf(await sharedSite()), filesOf(again)];
    expect([...second.keys()]).toEqual([...first.keys()]);
    const differing = [...first].filter(([name, content]) => second.get(name) !== content);
    expect(differing.map(([name]) => name)).toEqual([]);
  } finally {
    rmSync(again, { recursive: true });
  }
});
