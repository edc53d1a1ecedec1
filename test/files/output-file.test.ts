import {
  existsSync,
  fsyncSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeFolder } from "../../src/files/adapter-folder.js";
import { writeFileAtomically } from "../../src/files/atomic-file.js";
import { checkOutputFolder, checkOutputPath } from "../../src/files/output-file.js";
import { FileError } from "../../src/formats/errors.js";
import { temporaryFolder } from "../helpers/cli.js";

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, fsyncSync: vi.fn(fs.fsyncSync), fchmodSync: vi.fn(fs.fchmodSync) };
});

let folder: ReturnType<typeof temporaryFolder>;
let at: typeof folder.at;
beforeEach(() => {
  folder = temporaryFolder();
  at = folder.at;
  mkdirSync(at("folder"));
  writeFileSync(at("file"), "old");
  symlinkSync("loop", at("loop"));
  symlinkSync("loop2", at("loop1"));
  symlinkSync("loop1", at("loop2"));
  symlinkSync("missing/there", at("nowhere"));
  symlinkSync("folder/there", at("dangling"));
  symlinkSync("dangling", at("dangling-twice"));
  symlinkSync("folder", at("link"));
});
afterEach(() => {
  vi.mocked(fsyncSync).mockReset();
  folder.remove();
});

test.each([
  ["", '"": it is a directory'],
  ["folder", "it is a directory: output must go to a file"],
  ["folder/", "it is a directory"],
  ["link", "it is a directory"],
  ["new/", "it is a directory"],
  [".", "it is a directory"],
  ["missing/new", "missing does not exist"],
  ["nowhere", "missing does not exist"],
  ["file/new", "a part of the path is a file and not a folder"],
  ["loop", "it is a loop of symbolic links"],
  ["loop1", "it is a loop of symbolic links"],
  ["loop/new", "it is a loop of symbolic links"],
  ["n".repeat(300), "the name is too long"],
])("checkOutputPath refuses %s, which cannot become a file", (name, reason) => {
  const path = name === "" ? "" : `${folder.path}/${name}`;
  const before = folder.names();
  expect(() => checkOutputPath(path)).toThrow(FileError);
  expect(() => checkOutputPath(path)).toThrow(reason);
  expect(() => writeFileAtomically(path, new Uint8Array(1))).toThrow(reason);
  expect(folder.names()).toEqual(before);
});

test.skipIf(process.platform === "win32")("checkOutputPath refuses devices", () => {
  expect(() => checkOutputPath("/dev/null")).toThrow("it is not a regular file");
});

test.each(["new", "file", "dangling", "dangling-twice", "link/new"])(
  "checkOutputPath passes %s, leaves no trace, and the file can be written",
  (name) => {
    const [before, inner] = [folder.names(), readdirSync(at("folder"))];
    checkOutputPath(at(name));
    expect([folder.names(), readdirSync(at("folder"))]).toEqual([before, inner]);
    writeFileAtomically(at(name), new TextEncoder().encode("new"));
    expect(readFileSync(at(name), "utf8")).toBe("new");
    // Links are followed, also those that led to nothing.
    expect(readlinkSync(at("dangling"))).toBe("folder/there");
    expect(readlinkSync(at("dangling-twice"))).toBe("dangling");
  },
);

test.each([
  ["file", "is not a folder: output must go to a folder"],
  ["file/new", "a part of the path is a file"],
  ["loop", "it is a loop of symbolic links"],
  ["n".repeat(300), "the name is too long"],
])("checkOutputFolder refuses %s, which cannot become a folder", (name, reason) => {
  expect(() => checkOutputFolder(at(name))).toThrow(FileError);
  expect(() => checkOutputFolder(at(name))).toThrow(reason);
  expect(() => writeFolder(at(name), new Map([["a", new Uint8Array(1)]]))).toThrow(FileError);
});

test.each(["new", "new/deep/er", "folder", "folder/", "link", "link/new", "dangling", "nowhere"])(
  "checkOutputFolder passes %s, leaves no trace, and the folder can be written",
  (name) => {
    const before = folder.names();
    checkOutputFolder(at(name));
    expect(folder.names()).toEqual(before);
    writeFolder(at(name), new Map([["a", new Uint8Array(1)]]));
    expect(readdirSync(at(name))).toContain("a");
  },
);

test("a folder that was made for files that cannot be written is taken away again", () => {
  const long = new Map([["n".repeat(300), new Uint8Array(1)]]);
  expect(() => writeFolder(at("new/deep/er"), long)).toThrow("the name is too long");
  expect(existsSync(at("new"))).toBe(false);
  mkdirSync(at("new"));
  expect(() => writeFolder(at("new/deep/er"), long)).toThrow("the name is too long");
  expect(readdirSync(at("new"))).toEqual([]);
});

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

test.each(["EINVAL", "ENOTSUP", "ENOSYS"])(
  "where files and folders cannot be synced (%s), as on network disks, they are written all the same",
  (code) => {
    vi.mocked(fsyncSync).mockImplementation(failing(code));
    writeFileAtomically(at("file"), new TextEncoder().encode("new"));
    expect(readFileSync(at("file"), "utf8")).toBe("new");
    writeFolder(at("new"), new Map(["a", "b"].map((name) => [name, new Uint8Array(1)])));
    expect(readdirSync(at("new"))).toEqual(["a", "b"]);
  },
);

test.each([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the quota of the disk is used up"],
  ["EIO", "it cannot be written (EIO)"],
])(
  "a disk that fails with %s is one line that names the file; the old one stays",
  (code, reason) => {
    vi.mocked(fsyncSync).mockImplementation(failing(code));
    const before = folder.names();
    const write = () => writeFileAtomically(at("file"), new TextEncoder().encode("new"));
    expect(write).toThrow(new FileError(at("file"), reason, code));
    expect(readFileSync(at("file"), "utf8")).toBe("old");
    expect(() => writeFolder(at("new"), new Map([["a", new Uint8Array(1)]]))).toThrow(
      new FileError(at("new", "a"), reason, code),
    );
    expect(folder.names()).toEqual(before);
  },
);
