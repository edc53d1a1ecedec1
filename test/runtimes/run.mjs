// Starts the package on every runtime that is installed, names what is skipped, and writes
// docs/evidence/runtimes.md when nothing is. Run it as: npm run test:runtimes
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "lowrank-table-"));
const [report, table] = ["report.json", "table.md"].map((file) => join(scratch, file));

const vitest = join(repository, "node_modules/vitest/vitest.mjs");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--project", "baseline", ...reporters, "test/runtimes", "test/examples"],
  { cwd: repository, stdio: "inherit", env: { ...process.env, LOWRANK_RUNTIMES_TABLE: table } },
);
process.exitCode = status ?? 1;

const tests = existsSync(report)
  ? JSON.parse(readFileSync(report, "utf8")).testResults.flatMap((file) => file.assertionResults)
  : [];
const titles = (of) => tests.filter((test) => test.status === of).map(({ title }) => title);
const skipped = tests.filter((test) => !["passed", "failed"].includes(test.status));
for (const { title } of skipped) console.log(`skipped: ${title}`);
console.log(
  `${titles("passed").length} passed, ${titles("failed").length} failed, ${skipped.length} skipped`,
);

if (status === 0 && skipped.length === 0) {
  const page = join(repository, "docs/evidence/runtimes.md");
  const [before] = readFileSync(page, "utf8").split(/^\| runtime \|/m);
  const head = "| runtime | version | hash of all results |\n|---|---|---|";
  writeFileSync(page, `${before}${head}\n${readFileSync(table, "utf8")}\n`);
  console.log("written: docs/evidence/runtimes.md");
}
rmSync(scratch, { recursive: true });
