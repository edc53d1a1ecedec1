// The tutorials, from their text alone: in an empty folder with the packed package, each block is
// written or run in its turn, and prints what the page says.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../helpers/pages.js";
import { writeTinyModel } from "../helpers/text-models.js";

const run = promisify(execFile);
let tarball: string;
const packed = mkdtempSync(join(tmpdir(), "lowrank-packed-"));

beforeAll(async () => {
  // Not prepare's build: it would replace dist/ under the feet of the tests beside this one.
  const flags = ["--ignore-scripts", "--json", "--pack-destination", packed];
  const { stdout } = await run("npm", ["pack", ...flags], { cwd: repository });
  tarball = join(packed, JSON.parse(stdout)[0].filename);
});
afterAll(() => rmSync(packed, { recursive: true }));

/** Commands that stand for others here: the registry has no such package yet, the Hub is far. */
const instead: Record<string, (folder: string) => string> = {
  "npm install lowrank": () => `npm install --offline --no-audit --no-fund ${tarball}`,
  "npx lowrank download": (folder) => {
    writeTinyModel(join(folder, "MiniLM"));
    return "echo a tiny model";
  },
};

const folder = join(repository, "docs/tutorials");
const pages = readdirSync(folder).filter((file) => file.endsWith(".md"));

test.each(pages)("docs/tutorials/%s works in an empty folder", async (page) => {
  const text = readFileSync(join(folder, page), "utf8");
  const place = mkdtempSync(join(tmpdir(), "lowrank-tutorial-"));
  // What a tiny random encoder answers is not what the page shows.
  const compares = !text.includes("npx lowrank download");
  const servers: { kill(): boolean }[] = [];
  let printed = "";
  let compared = 0;
  try {
    for (const [, language, code] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
      if (language === "js") {
        const name = /^\/\/ (\S+)\n/.exec(code)?.[1];
        expect(name).toBeDefined();
        writeFileSync(join(place, name!), code);
      } else if (language === "sh" && code === "node serve.mjs\n") {
        servers.push(await listening(place));
      } else if (language === "sh") {
        printed = "";
        for (const [command] of code.matchAll(/^(?:.*\\\n)*.+$/gm)) {
          const other = Object.keys(instead).find((start) => command.startsWith(start));
          const line = other ? instead[other](place) : command;
          const { stdout } = await run("sh", ["-c", line], { cwd: place });
          printed += stdout;
        }
      } else if (language === "text" && compares && printed !== "") {
        expect(printed).toContain(code.trimEnd());
        compared++;
      }
    }
  } finally {
    for (const server of servers) server.kill();
    rmSync(place, { recursive: true });
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
