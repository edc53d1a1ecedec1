// examples/cluster, as its README starts it without containers, on the package as it is built.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { completeMatrix } from "../../dist/index.js";
import { writeRatings } from "../cluster/data.js";
import { missingRedis, startRedis } from "../cluster/redis.js";
import { testWith } from "../helpers/needs.js";
import { buildRatings } from "../helpers/ratings.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));

testWith(missingRedis)(
  "the example of a cluster makes the model, though a worker is killed",
  async () => {
    const { observed } = buildRatings({
      ...{ rows: 400, cols: 200, rank: 2, observed: 0.45, noise: 0.5, seed: 9 },
    });
    const folder = mkdtempSync(join(tmpdir(), "lowrank-example-"));
    const redis = await startRedis();
    try {
      cpSync(join(repository, "examples/cluster/run.mjs"), join(folder, "run.mjs"));
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(repository, join(folder, "node_modules/lowrank"));
      writeRatings(join(folder, "ratings.csv"), observed);
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["run.mjs", redis.url, "ratings.csv", "ratings.model"],
        { cwd: folder },
      );
      expect(stdout).toContain("killed a worker");
      const model = completeMatrix(observed).save();
      expect(new Uint8Array(readFileSync(join(folder, "ratings.model")))).toEqual(model);
    } finally {
      await redis.stop();
      rmSync(folder, { recursive: true });
    }
  },
);
