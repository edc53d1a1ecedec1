// What killed writers leave behind goes with the next write beside it; what a living one has, stays.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { writeFilesAtomically } from "../../src/files/atomic-file.js";
import { temporaryName } from "../../src/files/process-identity.js";
import { temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
afterAll(folder.remove);

/** Makes a temporary file in the folder, says so and waits. */
const program = folder.at("holder.mjs");
buildSync({
  stdin: {
    contents: `import { writeFileSync } from "node:fs";
      import { temporaryName } from "./src/files/process-identity.ts";
      writeFileSync(temporaryName(process.argv[2]), "new");
      process.stdout.write("made");
      setInterval(() => {}, 1000);`,
    resolveDir: fileURLToPath(new URL("../..", import.meta.url)),
  },
  ...{ bundle: true, platform: "node", format: "esm", outfile: program },
});

/** Another process that has a temporary file in the folder: the file's name, and how to end it. */
async function writer(path: string) {
  const before = readdirSync(path);
  const child = spawn(process.execPath, [program, path]);
  const exit = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exit.then(() => expect.fail("it ended"))]);
  const [name] = readdirSync(path).filter((one) => !before.includes(one));
  const kill = () => {
    child.kill("SIGKILL");
    return exit;
  };
  return { name, kill };
}

function write(path: string, names: readonly string[]): void {
  const bytes = new TextEncoder().encode("written");
  writeFilesAtomically(names.map((name) => ({ path: join(path, name), bytes })));
}

test.each([[["one"]], [["one", "two"]]])(
  "what a killed writer left goes, what a living one has stays: writing %j",
  async (names) => {
    const path = folder.at(`beside ${names}`);
    mkdirSync(path);
    const [living, killed] = [await writer(path), await writer(path)];
    await killed.kill();
    const own = temporaryName(path);
    writeFileSync(own, "own");
    expect(readdirSync(path)).toHaveLength(3);
    write(path, names);
    expect(readdirSync(path).sort()).toEqual([basename(own), living.name, ...names].sort());
    await living.kill();
    write(path, names);
    expect(readdirSync(path).sort()).toEqual([basename(own), ...names].sort());
  },
);

test("what a commit names is brought to its place, though its writer was killed", async () => {
  const path = folder.at("committed");
  mkdirSync(path);
  const killed = await writer(path);
  await killed.kill();
  writeFileSync(join(path, ".lowrank-commit.json"), JSON.stringify({ model: killed.name }));
  write(path, ["other"]);
  expect(readdirSync(path).sort()).toEqual(["model", "other"]);
  expect(readFileSync(join(path, "model"), "utf8")).toBe("new");
});
