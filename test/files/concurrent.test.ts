// Several processes at one folder: writers beside each other, readers beside writers, and what is
// left by those that were killed.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAdapterFolder, writeFolder } from "../../src/files/adapter-folder.js";
import { readCommittedFile } from "../../src/files/folder-commit.js";
import { withFolderLock } from "../../src/files/folder-lock.js";
import { temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const names = ["adapter_config.json", "adapter_model.safetensors", "lowrank.json"];
const filesOf = (text: string) =>
  new Map(names.map((name) => [name, new TextEncoder().encode(text)]));
/** The one text of all the folder's files. */
function textOf(path: string): string {
  const files = readAdapterFolder(path);
  expect([...files.keys()]).toEqual(names);
  const texts = new Set(Array.from(files.values(), (bytes) => Buffer.from(bytes).toString()));
  expect(texts.size).toBe(1);
  return [...texts][0];
}

beforeAll(() => {
  buildSync({
    entryPoints: [fileURLToPath(new URL("../../src/files/adapter-folder.ts", import.meta.url))],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: folder.at("adapter-folder.mjs"),
  });
  writeFileSync(
    folder.at("writer.mjs"),
    `import { writeFolder } from "./adapter-folder.mjs";
     const [, , path, tag, count] = process.argv;
     for (let i = 0; i < count; i++) {
       const bytes = new TextEncoder().encode((tag + i + " ").repeat(200));
       writeFolder(path, new Map(${JSON.stringify(names)}.map((name) => [name, bytes])));
       if (i === 0) process.stdout.write("writing");
     }`,
  );
});

const startWriter = (path: string, tag: string, count: number): ChildProcess =>
  spawn(process.execPath, [folder.at("writer.mjs"), path, tag, String(count)]);

test("writers and a reader at one folder: all are served, and each read is of one writer", async () => {
  const path = folder.at("race");
  writeFolder(path, filesOf("first"));
  const exits = ["a", "b", "c"].map(async (tag) => {
    const writer = startWriter(path, tag, 40);
    let failure = "";
    writer.stderr?.on("data", (text) => {
      failure += text;
    });
    const [code] = await once(writer, "exit");
    return { code, failure };
  });
  let running = true;
  const done = Promise.all(exits).finally(() => {
    running = false;
  });
  const seen = new Set<string>();
  while (running) {
    seen.add(textOf(path)[0]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await done).toEqual(Array(3).fill({ code: 0, failure: "" }));
  expect(seen.size).toBeGreaterThan(1);
  expect(readdirSync(path).sort()).toEqual(names);
});

test("writers killed at any moment leave files of one writer, and hinder neither readers nor writers", async () => {
  const path = folder.at("killed");
  for (let k = 0; k < 15; k++) {
    const writers = [startWriter(path, `a${k}-`, 1e9), startWriter(path, `b${k}-`, 1e9)];
    const exits = writers.map((writer) => once(writer, "exit"));
    // A writer that cannot start ends, and says nothing.
    const ended = Promise.race(exits).then(() => expect.fail("a writer ended"));
    await Promise.race([Promise.all(writers.map((writer) => once(writer.stdout!, "data"))), ended]);
    ended.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, (k * 13) % 40));
    for (const writer of writers) writer.kill("SIGKILL");
    await Promise.all(exits);
    textOf(path);
    writeFolder(path, filesOf(`after ${k}`));
    expect(textOf(path)).toBe(`after ${k}`);
  }
  expect(readdirSync(path).sort()).toEqual(names);
});

/** A folder that is locked by what `withFolderLock` writes, with some of it changed. */
function locked(name: string, change: object, age = 0): string {
  const path = folder.at(name);
  mkdirSync(path);
  const lock = `${path}/.lowrank-lock`;
  const text = withFolderLock(path, () => readFileSync(lock, "utf8"));
  writeFileSync(lock, JSON.stringify({ ...JSON.parse(text), ...change }));
  const then = Date.now() / 1000 - age;
  utimesSync(lock, then, then);
  return path;
}

test.each([
  ["of a process that has ended", { pid: 2 ** 22 + 1 }, 0],
  ["of a process whose id another one has got", { started: "1" }, 0],
  ["of another machine, and old", { machine: "elsewhere", pid: 1 }, 61],
])("a lock %s is left behind", (name, change, age) => {
  if (name.includes("whose id") && !existsSync("/proc/self/stat")) return;
  const path = locked(name, change, age);
  expect(withFolderLock(path, () => "done", 0)).toBe("done");
  expect(readdirSync(path)).toEqual([]);
});

test("a lock that nobody can read is left behind when it is old", () => {
  const path = locked("torn", {}, 61);
  writeFileSync(`${path}/.lowrank-lock`, "torn");
  utimesSync(`${path}/.lowrank-lock`, 1, 1);
  expect(withFolderLock(path, () => "done", 0)).toBe("done");
});

test.each([
  ["of a process at work", {}, `${process.pid} on ${hostname()}`],
  ["of another machine", { machine: "elsewhere/x/y", pid: 17 }, "17 on elsewhere"],
])(
  "a lock %s is respected: waiting too long is an error that names its holder",
  (name, change, holder) => {
    const path = locked(name, change);
    expect(() => withFolderLock(path, () => "done", 20)).toThrow(
      `${path}: another process (${holder}) is writing here: try again when it is done, or remove`,
    );
  },
);

test("a reader of one file gets what an interrupted commit has brought to it", () => {
  const path = folder.at("interrupted");
  mkdirSync(path);
  const temporary = ".lowrank-0123456789abcdef.tmp";
  for (const [name, text] of [
    ["model", "old"],
    [temporary, "new"],
  ]) {
    writeFileSync(`${path}/${name}`, text);
  }
  const read = () => Buffer.from(readCommittedFile(`${path}/model`)).toString();
  expect(read()).toBe("old");
  writeFileSync(`${path}/.lowrank-commit.json`, JSON.stringify({ model: temporary, x: temporary }));
  expect(read()).toBe("new");
  rmSync(`${path}/model`);
  expect(read()).toBe("new");
  renameSync(`${path}/${temporary}`, `${path}/model`);
  expect(read()).toBe("new");
});
