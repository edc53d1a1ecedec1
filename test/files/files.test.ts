import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomically, writeFilesAtomically } from "../../src/files/atomic-file.js";
import { readFile } from "../../src/files/read-file.js";
import { FileError, FormatError } from "../../src/formats/errors.js";

let folder: string;
const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), "utf8");
const encode = (content: string) => new TextEncoder().encode(content);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lowrank-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("readFile gives a file's bytes, and those inside of a gzip file", () => {
  writeFileSync(at("plain"), "text");
  writeFileSync(at("packed.csv"), gzipSync("text"));
  expect(Buffer.from(readFile(at("plain"))).toString()).toBe("text");
  expect(Buffer.from(readFile(at("packed.csv"))).toString()).toBe("text");
});

test("readFile refuses what is no readable file, by name and reason", () => {
  mkdirSync(at("folder"));
  writeFileSync(at("empty"), "");
  writeFileSync(at("torn.gz"), gzipSync("text".repeat(100)).subarray(0, 20));
  expect(() => readFile(at("missing"))).toThrow(FileError);
  expect(() => readFile(at("missing"))).toThrow(`${at("missing")}: there is no such file`);
  expect(() => readFile(at("empty/below"))).toThrow("there is no such file");
  expect(() => readFile(at("folder"))).toThrow("it is a directory");
  expect(() => readFile(at("n".repeat(999)))).toThrow("the name is too long");
  expect(() => readFile("a\0b")).toThrow(FileError);
  expect(() => readFile("")).toThrow('"": there is no such file');
  expect(() => readFile(at("empty"))).toThrow(FormatError);
  expect(() => readFile(at("empty"))).toThrow("the file is empty");
  expect(() => readFile(at("torn.gz"))).toThrow("the gzip file is broken");
});

test("writeFileAtomically writes and replaces, and leaves nothing else behind", () => {
  writeFileAtomically(at("model"), encode("first"));
  writeFileAtomically(at("model"), encode("second"));
  writeFileAtomically(at("empty"), new Uint8Array(0));
  expect(text("model")).toBe("second");
  expect(readdirSync(folder).sort()).toEqual(["empty", "model"]);
});

test("writeFileAtomically keeps a replaced file's mode and follows symbolic links", () => {
  writeFileSync(at("model"), "old");
  chmodSync(at("model"), 0o640); // whatever the umask is
  symlinkSync(at("model"), at("link"));
  writeFileAtomically(at("link"), encode("new"));
  expect(text("model")).toBe("new");
  expect(statSync(at("model")).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(["link", "model"]);
});

test("writeFilesAtomically writes none of its files when one of them cannot be", () => {
  writeFileSync(at("U.npy"), "old");
  mkdirSync(at("S.npy"));
  const files = ["U.npy", "S.npy"].map((name) => ({ path: at(name), bytes: encode("new") }));
  expect(() => writeFilesAtomically(files)).toThrow(FileError);
  expect(text("U.npy")).toBe("old");
  expect(readdirSync(folder).sort()).toEqual(["S.npy", "U.npy"]);
});

test("leftover temporary files of killed runs do no harm", () => {
  writeFileSync(at(".lowrank-0011223344556677.tmp"), "torn");
  writeFileAtomically(at("model"), encode("whole"));
  expect(text("model")).toBe("whole");
});
