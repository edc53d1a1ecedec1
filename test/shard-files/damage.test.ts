// A folder of shards is read as it was written, or refused by name.
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShards, shardObservations } from "../../src/node.js";
import { sha256 } from "../../src/shard-files/manifest.js";
import { temporaryFolder } from "../helpers/cli.js";
import { uniform } from "../helpers/random.js";

const folder = temporaryFolder();
const good = join(folder.path, "good");
const other = join(folder.path, "other");

/** Enough ratings for some blocks. */
function* ratings(seed: number) {
  const random = uniform(seed);
  const below = (n: number) => Math.floor(n * Math.abs(random()));
  for (let i = 0; i < 60_000; i++) {
    const [user, item] = [below(9000), below(50)];
    yield { user, item, rating: below(5) };
  }
}

beforeAll(async () => {
  await shardObservations(ratings(1), { out: good, shards: 3 });
  await shardObservations(ratings(2), { out: other, shards: 3 });
});
afterAll(() => folder.remove());

/** Everything that a fit reads. */
function readAll(path: string): void {
  const shards = openShards(path);
  shards.rowIds();
  shards.colIds();
  shards.readBlocks(0, shards.manifest.blocks.entries.length);
}

let copies = 0;

/** Why a copy of the folder is refused after a change; "" where it is read. */
function refusal(change: (path: string) => void): string {
  const path = join(folder.path, `copy${copies++}`);
  cpSync(good, path, { recursive: true });
  change(path);
  try {
    readAll(path);
    return "";
  } catch (error) {
    expect((error as Error).name).toMatch(/^(FormatError|FileError)$/);
    return (error as Error).message;
  } finally {
    rmSync(path, { recursive: true });
  }
}

const files = ["0.shard", "1.shard", "2.shard", "rows.ids", "cols.ids"];
type Json = Record<string, unknown>;

/** Changes the manifest, and seals it again as who wrote it would. */
function resealed(path: string, change: (manifest: Json) => void): void {
  const file = join(path, "manifest.json");
  const { sha256: _, ...manifest } = JSON.parse(readFileSync(file, "utf8"));
  change(manifest);
  const text = JSON.stringify(manifest);
  writeFileSync(file, `${text.slice(0, -1)},"sha256":"${sha256(text)}"}\n`);
}

test("an unchanged folder is read, and sealing again changes nothing", () => {
  expect(refusal(() => {})).toBe("");
  expect(refusal((path) => resealed(path, () => {}))).toBe("");
});

describe.each(files)("%s", (file) => {
  test("missing", () => {
    expect(refusal((path) => rmSync(join(path, file)))).toMatch(`${file}: there is no such file`);
  });

  test("cut off, and too long", () => {
    const size = readFileSync(join(good, file)).length;
    expect(refusal((path) => truncateSync(join(path, file), size - 1))).toMatch(/it is cut off/);
    expect(refusal((path) => writeFileSync(join(path, file), "x", { flag: "a" }))).toMatch(
      /it is too long/,
    );
  });

  test("any flipped byte", () => {
    const bytes = readFileSync(join(good, file));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const message = refusal((path) => {
          const changed = Buffer.from(bytes);
          changed[at] ^= flip;
          writeFileSync(join(path, file), changed);
        });
        expect(message).toContain(file);
      }),
      { numRuns: 30 },
    );
  });
});

test("a shard of other data, and one in another's place", () => {
  const message = refusal((path) => {
    const bytes = readFileSync(join(other, "1.shard"));
    const { length } = readFileSync(join(path, "1.shard"));
    writeFileSync(
      join(path, "1.shard"),
      Buffer.concat([bytes, Buffer.alloc(length)]).subarray(0, length),
    );
  });
  expect(message).toMatch(/1\.shard: it is a shard of other data/);
  expect(
    refusal((path) => copyFileSync(join(other, "manifest.json"), join(path, "manifest.json"))),
  ).not.toBe("");
});

describe("manifest.json", () => {
  test("missing; edited; cut off; no JSON; with any byte flipped", () => {
    const file = (path: string) => join(path, "manifest.json");
    expect(refusal((path) => rmSync(file(path)))).toMatch(/there is no manifest\.json in it/);
    const text = readFileSync(file(good), "utf8");
    const edited = text.replace('"duplicates":', '"duplicates":1');
    expect(refusal((path) => writeFileSync(file(path), edited))).toMatch(
      /it was changed after it was written/,
    );
    expect(refusal((path) => writeFileSync(file(path), text.slice(0, 100)))).toMatch(/JSON/);
    fc.assert(
      fc.property(fc.nat(text.length - 2), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const bytes = Buffer.from(text);
        bytes[at] ^= flip;
        expect(refusal((path) => writeFileSync(file(path), bytes))).toContain("manifest.json");
      }),
      { numRuns: 60 },
    );
  });

  const changes: [string, (manifest: Json) => void, RegExp][] = [
    [
      "another format",
      (m) => {
        m.format = "shards";
      },
      /not the manifest of a folder of shards/,
    ],
    [
      "a later version",
      (m) => {
        m.version = 2;
      },
      /its version is the number "2": this lowrank reads 1/,
    ],
    [
      "a field that nobody knows",
      (m) => {
        m.colour = "blue";
      },
      /"colour" is not a field of a manifest/,
    ],
    [
      "the same inside",
      (m) => {
        (m.rowIds as Json).colour = 1;
      },
      /"rowIds\.colour" is not a field/,
    ],
    [
      "a field that is missing",
      (m) => {
        delete m.rows;
      },
      /rows is missing/,
    ],
    [
      "fewer entries",
      (m) => {
        m.entries = 7;
      },
      /blocks\.entries must add up to entries, 7/,
    ],
    [
      "a path outside",
      (m) => {
        (m.rowIds as Json).file = "../rows.ids";
      },
      /rowIds\.file is .*: it must be a plain name/,
    ],
    [
      "one file twice",
      (m) => {
        (m.rowIds as Json).file = "cols.ids";
      },
      /the file "cols\.ids" appears twice/,
    ],
    [
      "a shard less",
      (m) => {
        (m.shards as Json[]).pop();
      },
      /blocks of/,
    ],
    [
      "shards in another order",
      (m) => {
        (m.shards as Json[]).reverse();
      },
      /each block once, in order/,
    ],
    [
      "sizes that do not fit",
      (m) => {
        (m.shards as Json[])[0].bytes = 64;
      },
      /0\.shard has 64 bytes/,
    ],
    [
      "another policy",
      (m) => {
        m.policy = "first";
      },
      /policy is the string "first"/,
    ],
    [
      "other blocks",
      (m) => {
        ((m.blocks as Json).starts as number[])[1] = 0;
      },
      /blocks\.starts must increase/,
    ],
    [
      "too many rows",
      (m) => {
        m.rows = 2 ** 31;
      },
      /below 2\^31/,
    ],
  ];
  test.each(changes)("sealed again with %s", (_, change, message) => {
    expect(refusal((path) => resealed(path, change))).toMatch(message);
  });
});

test("a block that no matrix can hold is refused although its hash is right", () => {
  const message = refusal((path) => {
    const bytes = readFileSync(join(path, "0.shard"));
    const manifest = JSON.parse(readFileSync(join(path, "manifest.json"), "utf8"));
    const [rows, entries] = [manifest.blocks.starts[1], manifest.blocks.entries[0]];
    bytes.writeInt32LE(50, 64 + 8 * entries);
    writeFileSync(join(path, "0.shard"), bytes);
    const size = 8 * Math.ceil((12 * entries + 4 * rows) / 8);
    const hash = sha256(bytes.subarray(64, 64 + size));
    resealed(path, (sealed) => {
      ((sealed.blocks as Json).sha256 as string[])[0] = hash;
    });
  });
  expect(message).toMatch(
    /0\.shard: a block of it holds columns that do not increase or do not exist/,
  );
});

test("blocks that are not there are refused", () => {
  const shards = openShards(good);
  const count = shards.manifest.blocks.entries.length;
  for (const [first, end] of [
    [-1, 1],
    [0, 0],
    [0, count + 1],
    [0.5, 1],
  ]) {
    expect(() => shards.readBlocks(first, end)).toThrow(/ShardFolder\.readBlocks: (first|end) is/);
  }
  expect(() => openShards(join(folder.path, "none"))).toThrow(/there is no such folder/);
  expect(() => openShards(5 as never)).toThrow(/openShards: folder/);
});
