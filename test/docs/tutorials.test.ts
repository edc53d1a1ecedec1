// The tutorials, from their text alone: in an empty folder with the packed package, each block is
// written or run in its turn, and prints what the page says.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../helpers/pages.js";
import { writeTinyModel } from "../helpers/text-models.js";
import { blocksOf, install, pack, run, writeProgram } from "../helpers/walkthrough.js";

let packed: Awaited<ReturnType<typeof pack>>;
beforeAll(async () => {
  packed = await pack();
});
afterAll(() => packed.remove());

/** Commands that stand for others here: the registry has no such package yet, the Hub is far. */
const instead: Record<string, (folder: string) => string> = {
  "npm install lowrank": () => install(packed.tarball),
  "npx lowrank download": (folder) => {
    writeTinyModel(join(folder, "MiniLM"));
    return "echo a tiny model";
  },
};

const pages = readdirSync(join(repository, "docs/tutorials")).filter((file) =>
  file.endsWith(".md"),
);

test.each(pages)("docs/tutorials/%s works in an empty folder", async (page) => {
  const blocks = blocksOf(`docs/tutorials/${page}`);
  // What a tiny random encoder answers is not what the page shows.
  const compares = !blocks.some(({ code }) => code.startsWith("npx lowrank download"));
  const folder = mkdtempSync(join(tmpdir(), "lowrank-tutorial-"));
  const servers: { kill(): boolean }[] = [];
  let printed = "";
  let compared = 0;
  try {
    for (const block of blocks) {
      if (block.language === "js") {
        writeProgram(folder, block);
      } else if (block.code === "node serve.mjs\n") {
        servers.push(await listening(folder));
      } else if (block.language === "sh") {
        printed = "";
        for (const [command] of block.code.matchAll(/^(?:.*\\\n)*.+$/gm)) {
          const other = Object.keys(instead).find((start) => command.startsWith(start));
          const line = other ? instead[other](folder) : command;
          const { stdout } = await run("sh", ["-c", line], { cwd: folder });
          printed += stdout;
        }
      } else if (block.language === "text" && compares) {
        expect(printed).toContain(block.code.trimEnd());
        compared++;
      }
    }
  } finally {
    for (const server of servers) server.kill();
    rmSync(folder, { recursive: true });
  }
  expect(compared > 2).toBe(compares);
});

/** The server of a page, when it says where it is. */
async function listening(cwd: string) {
  const server = spawn(process.execPath, ["serve.mjs"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => {
    server.stdout.once("data", resolve);
    server.once("exit", reject);
  });
  return server;
}
