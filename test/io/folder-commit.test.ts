import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAdapterFolder, writeFolder } from "../../src/io/adapter-folder.js";
import { commitFiles, committedPaths } from "../../src/io/folder-commit.js";
import { temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const bytes = (text: string) => new TextEncoder().encode(text);
const files = (text: string) =>
  new Map(["a.json", "b.json", "c.json"].map((name) => [name, bytes(text + name)]));
const texts = (path: string) =>
  Array.from(readAdapterFolder(path), ([name, found]) => [name, Buffer.from(found).toString()]);
const expected = (text: string) =>
  ["a.json", "b.json", "c.json"].map((name) => [name, text + name]);

/** The folder as a writer that is killed before its rename number `renames` leaves it. */
function interrupted(name: string, renames: number, old: boolean): string {
  const path = folder.at(name);
  mkdirSync(path);
  if (old) commitFiles(path, files("old "));
  const commit: Record<string, string> = {};
  for (const [file, content] of files("new ")) {
    const temporary = `.lowrank-000000000000000${file[0]}.tmp`;
    commit[file] = temporary;
    writeFileSync(join(path, temporary), content);
  }
  writeFileSync(join(path, ".lowrank-commit.json"), JSON.stringify(commit));
  for (const [file, temporary] of Object.entries(commit).slice(0, renames)) {
    renameSync(join(path, temporary), join(path, file));
  }
  return path;
}

test.each([0, 1, 2, 3].flatMap((renames) => [true, false].map((old) => [renames, old] as const)))(
  "after %i of 3 renames, with old files %s, readers see the new files, and so does the next writer",
  (renames, old) => {
    const path = interrupted(`${renames}-${old}`, renames, old);
    expect(texts(path)).toEqual(expected("new "));
    // A writer of one file finishes the commit first.
    writeFolder(path, new Map([["b.json", bytes("newest")]]));
    expect(texts(path)).toEqual(
      expected("new ").map(([name, text]) => [name, name === "b.json" ? "newest" : text]),
    );
    expect(readdirSync(path).sort()).toEqual(["a.json", "b.json", "c.json"]);
  },
);

test("a commit that no writer made does not lead out of the folder", () => {
  const path = folder.at("foreign");
  mkdirSync(path);
  writeFileSync(join(path, "a.json"), "own");
  writeFileSync(folder.at("secret"), "secret");
  for (const commit of [{ "a.json": "../secret" }, { "../secret": "a.json" }, [1], null, 7]) {
    writeFileSync(join(path, ".lowrank-commit.json"), JSON.stringify(commit));
    expect(readFileSync(committedPaths(path)("a.json"), "utf8")).toBe("own");
    expect([...readAdapterFolder(path).keys()]).toEqual(["a.json"]);
  }
});

test("a file that cannot be written leaves every old one", () => {
  const path = folder.at("blocked");
  mkdirSync(join(path, "c.json"), { recursive: true });
  writeFileSync(join(path, "a.json"), "old");
  expect(() => commitFiles(path, files("new "))).toThrow("it is a directory");
  expect(readFileSync(join(path, "a.json"), "utf8")).toBe("old");
  expect(readdirSync(path).sort()).toEqual(["a.json", "c.json"]);
});
