import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "lowrank-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a writer killed at any moment leaves a whole file, never a torn one", async () => {
  const target = join(folder, "file");
  const source = fileURLToPath(new URL("../../src/files/atomic-file.ts", import.meta.url));
  const module = join(folder, "atomic-file.mjs");
  buildSync({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: module,
  });
  const writer = join(folder, "writer.mjs");
  // Writes whole files of one repeated byte, one after the other, and says so at the first.
  writeFileSync(
    writer,
    `import { writeFileAtomically } from "./atomic-file.mjs";
     for (let i = 0; ; i++) {
       writeFileAtomically(process.argv[2], new Uint8Array(300_000).fill(i));
       if (i === 0) process.stdout.write("writing");
     }`,
  );
  for (let k = 0; k < 25; k++) {
    const child = spawn(process.execPath, [writer, target]);
    const exit = once(child, "exit");
    // A writer that cannot start ends, and says nothing.
    await Promise.race([once(child.stdout, "data"), exit.then(() => expect.fail("it ended"))]);
    await new Promise((resolve) => setTimeout(resolve, (k * 13) % 40));
    child.kill("SIGKILL");
    await exit;
    const bytes = readFileSync(target);
    expect(bytes).toHaveLength(300_000);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
  }
});
