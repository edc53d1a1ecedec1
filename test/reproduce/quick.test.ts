// Every experiment, small: that its command works and that its files are whole.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Skipped } from "../../lab/data.mjs";
import { experiments } from "../../reproduce/experiments/index.mjs";
import { reproduce } from "../../reproduce/harness/reproduce.mjs";

const folder = mkdtempSync(join(tmpdir(), "lowrank-reproduce-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(experiments))(
  "%s --quick writes data, figures and findings, all with their origin",
  async (name) => {
    const report = await reproduce(experiments[name], {
      ...{ seed: 0, quick: true, keep: false, deadline: Number.POSITIVE_INFINITY },
      ...{ state: join(folder, "state", name), target: folder, page: undefined },
    }).catch((error: unknown) => {
      if (error instanceof Skipped) return undefined;
      throw error;
    });
    if (report === undefined) return;
    expect(report.findings.length).toBeGreaterThan(0);
    for (const { quantity, ours, holds } of report.findings) {
      expect({ quantity, ours, holds }).not.toMatchObject({ holds: false });
      expect(`${quantity}: ${ours}`).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(report.data.length).toBeGreaterThan(0);
    expect(report.figures.length).toBeGreaterThan(0);
    for (const file of [...report.data, ...report.figures]) {
      const text = readFileSync(join(folder, file), "utf8");
      expect(text).toContain(`command: npm run reproduce -- ${name} --quick`);
      expect(text).toMatch(/seed: 0\n/);
      expect(text).toMatch(/commit: \S+/);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  },
);
