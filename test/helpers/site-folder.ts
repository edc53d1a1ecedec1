// A folder for one run of the tests, in which the first test of the site that needs one builds it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    site: string;
  }
}

export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-site-"));
  provide("site", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
