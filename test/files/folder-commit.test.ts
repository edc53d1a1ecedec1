import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readAdapterFolder, writeFolder } from "../../src/files/adapter-folder.js";
import { publishFiles, readCommitted } from "../../src/files/folder-commit.js";
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
  if (old) writeFolder(path, files("old "));
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
    const read = () => readCommitted(path, ({ at }) => readFileSync(at("a.json"), "utf8"));
    expect(read()).toBe("own");
    expect([...readAdapterFolder(path).keys()]).toEqual(["a.json"]);
  }
});

test("a file that cannot be written leaves every old one", () => {
  const path = folder.at("blocked");
  mkdirSync(join(path, "c.json"), { recursive: true });
  writeFileSync(join(path, "a.json"), "old");
  expect(() => writeFolder(path, files("new "))).toThrow("it is a directory");
  expect(readFileSync(join(path, "a.json"), "utf8")).toBe("old");
  expect(readdirSync(path).sort()).toEqual(["a.json", "c.json"]);
});

test("a rename that fails after another one leaves the commit to readers and the next writer", () => {
  const path = folder.at("torn");
  writeFolder(path, files("old "));
  const staged = [...files("new ")].map(([name, content], i) => {
    const temporary = join(path, `.lowrank-000000000000000${i}.tmp`);
    writeFileSync(temporary, content);
    return { temporary, target: join(path, name) };
  });
  // A folder in the way of the second file.
  rmSync(join(path, "b.json"));
  mkdirSync(join(path, "b.json"));
  expect(() => publishFiles(path, staged)).toThrow();
  rmdirSync(join(path, "b.json"));
  expect(texts(path)).toEqual(expected("new "));
  writeFolder(path, new Map([["a.json", bytes("newest")]]));
  expect(texts(path)).toEqual([["a.json", "newest"], ...expected("new ").slice(1)]);
  expect(readdirSync(path).sort()).toEqual(["a.json", "b.json", "c.json"]);
});

test("a first rename that fails changes nothing and leaves nothing behind", () => {
  const path = folder.at("untouched");
  writeFolder(path, files("old "));
  const staged = [...files("new ")].map(([name], i) => {
    return { temporary: join(path, `.lowrank-000000000000000${i}.tmp`), target: join(path, name) };
  });
  expect(() => publishFiles(path, staged)).toThrow("ENOENT");
  expect(texts(path)).toEqual(expected("old "));
  expect(readdirSync(path).sort()).toEqual(["a.json", "b.json", "c.json"]);
});

test.each([
  ["that leads to no file", '{"..": ".lowrank-0123456789abcdef.tmp"}'],
  ["of a name in the way of a folder", '{"sub": ".lowrank-0123456789abcdef.tmp"}'],
  ["of an impossible name", '{"a\\u0000b": ".lowrank-0123456789abcdef.tmp"}'],
  ["whose file is elsewhere", '{"a.json": "/etc/passwd"}'],
  ["that is torn", '{"a.json": '],
  ["that is deep", "[".repeat(100_000)],
  ["of another kind", "7"],
])("a commit %s is dropped by the next writer, once and for all", (name, commit) => {
  const path = folder.at(`dropped ${name}`);
  mkdirSync(join(path, "sub"), { recursive: true });
  writeFileSync(join(path, ".lowrank-0123456789abcdef.tmp"), "x");
  writeFileSync(join(path, ".lowrank-commit.json"), commit);
  expect([...readAdapterFolder(path).keys()]).toEqual([]);
  writeFolder(path, files("new "));
  expect(texts(path)).toEqual(expected("new "));
  expect(readdirSync(path)).not.toContain(".lowrank-commit.json");
});

test.each([
  "../escaped.json",
  "sub/a.json",
  "/a.json",
  "..\\a.json",
  "..",
  ".",
  "",
  "a\0b",
  ".lowrank-commit.json",
  ".lowrank-lock",
  7,
  undefined,
])("writeFolder refuses the name %j, and makes no folder", (name) => {
  const path = folder.at("refused");
  const given = new Map([
    ["a.json", bytes("a")],
    [name, bytes("b")],
  ] as [string, Uint8Array][]);
  expect(() => writeFolder(path, given)).toThrow(
    /^writeFolder: files holds the name .*: it must be/,
  );
  expect(existsSync(path)).toBe(false);
});

test.each([["text"], [null], [[1, 2]], [new ArrayBuffer(2)]])(
  "writeFolder refuses %o as a file's bytes, and makes no folder",
  (content) => {
    const path = folder.at("refused");
    expect(() => writeFolder(path, new Map([["a.json", content as never]]))).toThrow(
      /^writeFolder: "a.json" is .*: it must be a Uint8Array/,
    );
    expect(existsSync(path)).toBe(false);
  },
);
