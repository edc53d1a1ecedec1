// Where results go: refused before the work when nothing can be written there, and said in one line
// when the disk turns out to be full.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeNpy } from "../../src/formats/npy.js";
import { rankMatrix } from "../../src/index.js";
import { cliPath, expectRefusal, lowrank, temporaryFolder } from "../helpers/cli.js";
import { groupedClicks } from "../helpers/interactions.js";
import { asNobody, missingFile, missingNobody, testWith } from "../helpers/needs.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
const { at } = folder;

/** What each command needs to run at all; outputs come after it. */
const complete = ["complete", "ratings.csv", "--rank", "1"];
const train = ["train", "clicks.csv"];
const all = ["recommend", "ranking.model", "--all"];
const exported = ["export", "ranking.model"];
const svd = ["svd", "A.npy", "--rank", "2"];
const texts = ["texts.csv", "--model", "model", "--text-columns", "text"];
const embed = ["embed", ...texts];
const finetune = ["finetune", "--train", ...texts, "--label-column", "label", "--steps", "1"];

beforeAll(() => {
  chmodSync(folder.path, 0o755);
  const cells = Array.from({ length: 20 * 15 }, (_, k) => [k % 20, Math.floor(k / 20)]);
  const lines = cells.map(([u, i]) => `u${u},i${i},${1 + ((u * i) % 5)}\n`);
  writeFileSync(at("ratings.csv"), lines.join(""));
  const clicks = groupedClicks({ rows: 100, cols: 40, groups: 4, choices: 8 }, 1);
  const pairs = clicks.rowIds.map((row, i) => `${row},${clicks.colIds[i]}\n`);
  writeFileSync(at("clicks.csv"), pairs.join(""));
  writeFileSync(at("ranking.model"), rankMatrix(clicks).save());
  const data = Float64Array.from({ length: 1200 }, (_, i) => Math.sin(i));
  writeFileSync(at("A.npy"), encodeNpy({ shape: [40, 30], data }));
  const { config, tokenizer, weights } = tinyModel();
  mkdirSync(at("model"));
  for (const [name, bytes] of [["config.json", config], ["tokenizer.json", tokenizer!], ...weights])
    writeFileSync(at("model", name as string), bytes as Uint8Array);
  writeFileSync(at("texts.csv"), "text,label\nabc,good\nxyz,bad\nabc de,good\nwxy,bad\n");
  mkdirSync(at("taken"));
  symlinkSync("loop", at("loop"));
});
afterAll(folder.remove);

/** Options that take a file, by command, with what the refusal begins with. */
const fileOutputs: [string[], string][] = [
  [complete, "--out"],
  [complete, "--report"],
  [train, "--out"],
  [train, "--report"],
  [embed, "--out"],
  [finetune, "--report"],
  [finetune, "--state"],
];
const folderOutputs: [string[], string][] = [
  [svd, "--out"],
  [exported, "--out"],
  [finetune, "--out"],
];

describe.each(fileOutputs)("%j %s", (command, option) => {
  test.each([
    ["missing/new", "the folder missing does not exist"],
    ["ratings.csv/new", "a part of the path is a file"],
    ["taken", "it is a directory"],
    ["taken/", "it is a directory"],
    ["loop", "it is a loop of symbolic links"],
    ["n".repeat(300), "the name is too long"],
    ["/dev/null", "it is not a regular file"],
  ])("is checked before anything is read: %s", (path, reason) => {
    // What would be read first is not there.
    const [name] = command;
    const args = command.map((word) =>
      word.replace(/^(ratings|texts|clicks)\.csv$|^ranking\.model$/, "not-there"),
    );
    const outcome = lowrank([...args, option, path], folder.path);
    expectRefusal(outcome, `lowrank ${name}: ${path}: `, reason);
  });
});

describe.each(folderOutputs)("%j %s", (command, option) => {
  test.each([
    ["ratings.csv", "is not a folder"],
    ["ratings.csv/new", "a part of the path is a file"],
    ["loop", "it is a loop of symbolic links"],
    ["n".repeat(300), "the name is too long"],
  ])("is checked before anything is read: %s", (path, reason) => {
    const [name] = command;
    const args = command.map((word) => word.replace(/^(A\.npy|texts\.csv)$/, "not-there"));
    const outcome = lowrank([...args, option, path], folder.path);
    expectRefusal(outcome, `lowrank ${name}: ${path}: `, reason);
  });
});

testWith(missingNobody(cliPath))(
  "every output is checked before the work where its folder may not be written, or the file is read-only",
  () => {
    mkdirSync(at("readonly"));
    chmodSync(at("readonly"), 0o555);
    mkdirSync(at("open"));
    chmodSync(at("open"), 0o777);
    writeFileSync(at("open/protected"), "old");
    chmodSync(at("open/protected"), 0o444);
    const run = (command: string[], option: string, path: string) => {
      const absent = command.map((word) =>
        word.replace(/^(A\.npy|\w+\.csv|ranking\.model)$/, "not-there"),
      );
      const words = [...asNobody, process.execPath, cliPath, ...absent, option, path];
      return spawnSync(words[0], words.slice(1), { encoding: "utf8", cwd: folder.path });
    };
    for (const [command, option] of fileOutputs) {
      const refused = run(command, option, "readonly/new");
      expectRefusal(refused, `lowrank ${command[0]}: readonly/new: `, "may not be written");
      const kept = run(command, option, "open/protected");
      expectRefusal(kept, `lowrank ${command[0]}: open/protected: `, "the file is read-only");
    }
    for (const [command, option] of folderOutputs) {
      for (const path of ["readonly", "readonly/new", "readonly/new/er"]) {
        const refused = run(command, option, path);
        expectRefusal(refused, `lowrank ${command[0]}: ${path}`, "may not be written");
      }
    }
    expect(readFileSync(at("open/protected"), "utf8")).toBe("old");
    expect(readdirSync(at("readonly"))).toEqual([]);
  },
);

testWith(missingFile("/proc/self", "there is no /proc, where nobody may make a file"))(
  "a folder that only says that it may be written is found out before the work",
  () => {
    const outcome = lowrank(["svd", "not-there", "--rank", "2", "--out", "/proc/new"], folder.path);
    expectRefusal(outcome, "lowrank svd: /proc/new: ", "the folder /proc may not be written");
  },
);

test.each([
  [[...complete, "--out", "x", "--report", "./x"], "--out and --report are both"],
  [[...finetune, "--state", "x", "--report", "./x"], "--state and --report are both"],
  [[...complete, "--out", "ratings.csv"], "--out is ratings.csv, which is read as FILE"],
  [[...train, "--titles", "A.npy", "--out", "A.npy"], "which is read as --titles"],
  [[...exported, "--out", "ranking.model"], "is not a folder"],
  [[...complete, "--test", "A.npy", "--out", "link-to-A"], "which is read as --test"],
  [[...embed, "--out", "texts.csv"], "--out is texts.csv, which is read as FILE"],
  [[...finetune, "--report", "texts.csv"], "which is read as --train"],
  [["svd", "svd/U.npy", "--rank", "1", "--out", "svd"], "which is read as FILE"],
])("%j is refused: a file would be lost", (args, reason) => {
  if (!existsSync(at("svd"))) {
    mkdirSync(at("svd"));
    copyFileSync(at("A.npy"), at("svd/U.npy"));
    symlinkSync("A.npy", at("link-to-A"));
  }
  const before = folder.names();
  expectRefusal(lowrank(args, folder.path), `lowrank ${args[0]}: `, reason);
  expect(folder.names()).toEqual(before);
});

test("a dangling link as --out is followed", () => {
  symlinkSync("linked-model", at("dangling"));
  const { status } = lowrank([...complete, "--out", "dangling"], folder.path);
  expect(status).toBe(0);
  expect(lowrank(["predict", "linked-model", "u1", "i1"], folder.path).status).toBe(0);
});

/** A disk of 1 MB, mounted for one test. */
function withSmallDisk(run: (disk: string) => void): void {
  const disk = at("disk");
  mkdirSync(disk, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
  expect(mounted.status).toBe(0);
  try {
    run(disk);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
}

function missingMount(): string | undefined {
  const words = ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
  return process.getuid?.() === 0 && spawnSync("unshare", words).status === 0
    ? undefined
    : "a small disk can be mounted by root only";
}

test("recommendations for all go to a file that is checked before anything is read", () => {
  const run = (out: string) => lowrank([...all, "--out", out], folder.path);
  expectRefusal(run("missing/new.csv"), "lowrank recommend: missing/new.csv: ", "does not exist");
  mkdirSync(at("taken.csv"), { recursive: true });
  expectRefusal(run("taken.csv"), "lowrank recommend: taken.csv: ", "it is a directory");
  expectRefusal(run(`${"n".repeat(300)}.jsonl`), "lowrank recommend: n", "the name is too long");
});

testWith(missingMount())(
  "a full disk is one line that names the file, and leaves the old files and no empty folder",
  () => {
    withSmallDisk((disk) => {
      writeFileSync(`${disk}/model`, "old");
      writeFileSync(`${disk}/ballast`, Buffer.alloc(2 ** 20 - 2 ** 13));
      const cases: [string[], string][] = [
        [[...complete, "--out", "disk/model", "--report", "disk/report.html"], "disk/model"],
        [[...svd, "--rank", "30", "--out", "disk/new/folder"], "disk/new/folder/U.npy"],
        [[...finetune, "--out", "disk/adapter"], "disk/adapter/adapter_model.safetensors"],
        [[...finetune, "--state", "disk/state"], "disk/state"],
        [[...all, "-n", "40", "--out", "disk/all.csv"], "disk/all.csv"],
        [[...exported, "--out", "disk/factors"], "disk/factors/row-factors.npy"],
      ];
      for (const [args, file] of cases) {
        const { status, stdout, stderr } = lowrank(args, folder.path);
        // finetune says first that a new head begins at random.
        const last = stderr.trimEnd().split("\n").at(-1);
        expect(last).toBe(`lowrank ${args[0]}: ${file}: the disk is full`);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(readdirSync(disk).sort()).toEqual(["ballast", "model"]);
      }
      expect(readFileSync(`${disk}/model`, "utf8")).toBe("old");
    });
  },
);

const toDevice = (args: string[], device: string) =>
  spawnSync("sh", ["-c", `exec "$0" "$@" > ${device}`, process.execPath, cliPath, ...args], {
    encoding: "utf8",
    cwd: folder.path,
  });

testWith(missingFile("/dev/full", "there is no /dev/full, a disk that is always full"))(
  "printing to a full disk is one line on stderr and exit code 1",
  () => {
    for (const args of [svd, [...svd, "--json"], complete, ["--help"], ["svd", "--help"]]) {
      const { status, stderr } = toDevice(args, "/dev/full");
      expect(stderr).toBe("lowrank: standard output cannot be written: the disk is full\n");
      expect(status).toBe(1);
    }
  },
);

test.each([
  [svd, 0],
  [["svd", "not-there", "--rank", "1"], 2],
  [["no-such-command"], 2],
])("exit codes do not depend on who listens: %j with closed pipes", async (args, expected) => {
  for (const closed of ["stdout", "stderr", "both"]) {
    const child = spawn(process.execPath, [cliPath, ...args], { cwd: folder.path });
    let stderr = "";
    if (closed !== "stdout") child.stderr.destroy();
    else
      child.stderr.on("data", (text) => {
        stderr += text;
      });
    if (closed !== "stderr") child.stdout.destroy();
    else child.stdout.resume();
    const [code] = await once(child, "close");
    expect([closed, code]).toEqual([closed, expected]);
    if (expected === 0) expect(stderr).toBe("");
  }
});
