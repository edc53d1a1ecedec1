// A folder of shards holds what the reader in memory reads, whatever the number of shards.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { type IndexedEntries, settle, sortIds } from "../../src/completion/entries.js";
import { parseRatings } from "../../src/formats/delimited.js";
import { openShards, type ShardFolder, shardObservations } from "../../src/node.js";
import { ShardWriter } from "../../src/shard-files/write-shards.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { temporaryFolder } from "../helpers/cli.js";
import { uniform } from "../helpers/random.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());
let made = 0;
const place = (name = "") => join(folder.path, `${made++}${name}`);

function written(text: string | Uint8Array, name = ".csv"): string {
  const path = place(name);
  writeFileSync(path, text);
  return path;
}

/** What a folder holds, read block by block. */
function contents(shards: ShardFolder) {
  const { manifest } = shards;
  const rowIds = shards.rowIds();
  const colIds = shards.colIds();
  const found: [string, string, number][] = [];
  manifest.blocks.entries.forEach((_, block) => {
    const { matrix, firstRow, firstEntry } = shards.readBlocks(block, block + 1);
    expect(firstEntry).toBe(found.length);
    for (let u = 0; u < matrix.rows; u++) {
      for (let p = matrix.rowStart[u]; p < matrix.rowStart[u + 1]; p++) {
        found.push([rowIds[firstRow + u], colIds[matrix.colIndices[p]], matrix.values[p]]);
      }
    }
  });
  return found;
}

/** The same by the reader in memory. */
function expected(given: IndexedEntries) {
  const { rowIds, colIds } = sortIds(given);
  const { rowStart, colIndices, values } = settle("test", sortIds(given), "last");
  return rowIds.flatMap((id, u) =>
    Array.from(values.subarray(rowStart[u], rowStart[u + 1]), (value, p) => [
      id,
      colIds[colIndices[rowStart[u] + p]],
      value,
    ]),
  );
}

const texts: Record<string, string> = {
  "CSV with a header": "user,item,rating\nann,Alien,5\nbob,Alien,4.5\nann,Brazil,-1e-3\n",
  "tabs, no header": "1\t2\t3\t881250949\n4\t5\t6\t881250950\n1\t5\t2\t881250951\n",
  "other columns": "stars;film;who\n5;Alien;ann\n4;Brazil;bob\n",
  "::": "1::1193::5::978300760\n1::661::3::978302109\n2::661::4::978302110\n",
  quotes: 'user,item,rating\n"a, b","c ""d""\ne",3\nx,y,4\n',
  backslashes: 'user,item,rating\n"a \\"b\\"",c,3\nx,y,4\n',
  "byte order mark and CRLF": "\ufeffuser,item,rating\r\nann,Alien,5\r\nbob,Alien,4\r\n",
  comments: "# films\nann,Alien,5\nbob,Alien,4\n",
  "JSON Lines": '{"user":"ann","item":7,"rating":4}\n{"rating":"3.5","user":"bob","item":"ä"}\n\n',
  duplicates: "user,item,rating\nann,Alien,5\nbob,Alien,4\nann,Alien,2\n",
};

describe("every layout that lowrank reads in memory is read in pieces to the same entries", () => {
  test.each(Object.entries(texts))("%s", async (_, text) => {
    const shards = await shardObservations(written(text), { out: place() });
    expect(contents(shards)).toEqual(expected(parseRatings(new TextEncoder().encode(text))));
  });

  test.each([
    ["gzip", (bytes: Buffer) => gzipSync(bytes), ".gz"],
    [
      "two gzip members",
      (bytes: Buffer) =>
        Buffer.concat([gzipSync(bytes.subarray(0, 40)), gzipSync(bytes.subarray(40))]),
      "",
    ],
    ["Brotli", (bytes: Buffer) => brotliCompressSync(bytes), ".csv.br"],
  ])("%s", async (_, pack, name) => {
    const text = texts["CSV with a header"];
    const shards = await shardObservations(written(pack(Buffer.from(text)), name), {
      out: place(),
    });
    expect(contents(shards)).toEqual(expected(parseRatings(Buffer.from(text))));
  });

  test("another encoding", async () => {
    const bytes = Buffer.from("user,item,rating\nJosé,Amélie,5\nbob,Alien,4\n", "latin1");
    const shards = await shardObservations(written(bytes), { out: place(), encoding: "latin1" });
    expect(contents(shards)).toContainEqual(["José", "Amélie", 5]);
  });
});

/** Many ratings as text, with quotes and line ends in some ids. */
function manyRatings(count: number): string {
  const random = uniform(5);
  const below = (n: number) => Math.floor(n * Math.abs(random()));
  const lines = ["user,item,rating"];
  for (let i = 0; i < count; i++) {
    const [user, item] = [below(30_000), below(400)];
    const id = item % 40 === 7 ? `"film ""${item}"",\nin two lines"` : `film ${item}`;
    lines.push(`u${user},${id},${1 + below(9) / 2}`);
  }
  return `${lines.join("\n")}\n`;
}

describe("a file of several windows and groups", () => {
  const text = manyRatings(300_000);
  const bytes = new TextEncoder().encode(text);
  const path = written(bytes);

  test("grouped as it may be, it gives the same", async () => {
    const hashes = new Set<string>();
    for (const groupEntries of [1, 70_000, 2 ** 20]) {
      const out = place();
      const settings = {
        name: "test",
        out,
        shards: 5,
        policy: "last",
        force: false,
        sure: true,
      } as const;
      const writer = new ShardWriter({ ...settings, groupEntries });
      const { rowIds, colIds, rows, cols, values } = parseRatings(bytes);
      await writer.fill(async () => {
        for (let i = 0; i < values.length; i++) {
          const [row, col] = [rowIds[rows[i]], colIds[cols[i]]].map((id) => Buffer.from(id));
          writer.push(
            writer.rows.intern(row, 0, row.length),
            writer.cols.intern(col, 0, col.length),
            values[i],
          );
        }
      });
      hashes.add(JSON.stringify(writer.finish()));
    }
    expect(hashes.size).toBe(1);
  });

  test("gives the entries of the reader in memory, the same for any number of shards", async () => {
    const whole = expected(parseRatings(bytes));
    const hashes = new Set<string>();
    for (const shards of [1, 3, 7]) {
      const folder = await shardObservations(path, { out: place(), shards });
      const { manifest } = folder;
      expect(manifest.shards).toHaveLength(shards);
      hashes.add(JSON.stringify([manifest.identity, manifest.blocks]));
      if (shards === 7) {
        expect(JSON.stringify(contents(folder))).toBe(JSON.stringify(whole));
        expect(manifest.duplicates).toBe(300_000 - whole.length);
        expect(manifest.low).toBe(1);
        expect(manifest.high).toBe(5);
      }
    }
    expect(hashes.size).toBe(1);
  });

  test("has the blocks that the fit in memory makes", async () => {
    const { manifest } = await shardObservations(path, { out: place() });
    const entries = sortIds(parseRatings(bytes));
    const { rowStart, values } = settle("test", entries, "last");
    const [rows, cols] = [entries.rowIds.length, entries.colIds.length];
    const blocks = RowBlocks.of({ rows, cols, rowStart, nonzeros: values.length });
    expect(manifest.blocks.starts).toEqual(Array.from(blocks.starts));
    expect(blocks.count).toBeGreaterThan(7);
  });
});

describe("several sources", () => {
  const first = "user,item,rating\nann,Alien,5\nbob,Alien,4\n";
  const second =
    '{"user":"ann","item":"Alien","rating":1}\n{"user":"cas","item":"Brazil","rating":2}\n';
  const records = [
    ...[
      { user: "ann", item: "Alien", rating: 5 },
      { user: "bob", item: "Alien", rating: 4 },
    ],
    ...[
      { user: "ann", item: "Alien", rating: 1 },
      { user: "cas", item: "Brazil", rating: 2 },
    ],
  ];

  test("files of different layouts, records and a generator give one identity", async () => {
    const files = [written(gzipSync(first)), written(second)];
    async function* slowly() {
      for (const record of records) yield record;
    }
    const identities = [];
    for (const source of [files, records, slowly()]) {
      identities.push((await shardObservations(source, { out: place() })).manifest.identity);
    }
    expect(new Set(identities).size).toBe(1);
  });

  test("several values at one place are settled as completeMatrix settles them", async () => {
    const value = async (duplicates: "last" | "mean") =>
      contents(await shardObservations(records, { out: place(), duplicates }))[0];
    expect(await value("last")).toEqual(["ann", "Alien", 1]);
    expect(await value("mean")).toEqual(["ann", "Alien", 3]);
    await expect(shardObservations(records, { out: place(), duplicates: "error" })).rejects.toThrow(
      'shardObservations: row "ann" and column "Alien" have 2 values: duplicates is "error"',
    );
  });
});

describe("what cannot become a folder of shards is refused by name, and leaves nothing behind", () => {
  const good = written("ann,Alien,5\nbob,Alien,4\n");

  test.each([
    [
      "clicks",
      "user,item\nann,Alien\nbob,Alien\n",
      /2 columns: it must be row id, column id and rating/,
    ],
    ["a rating that is none", "ann,Alien,5\nbob,Alien,x\n", /line 2: rating "x" is not a number/],
    ["an empty file", "", /the file is empty/],
    ["only a header", "user,item,rating\n", /a header and no ratings/],
    [
      "times in place of ratings",
      "a,b,881250949\nc,d,881250950\ne,f,881250951\n",
      /looks like timestamps/,
    ],
    ["the sizes of a matrix", "3 3 4\n1 1 5\n2 2 4\n3 3 3\n1 2 2\n", /looks like the sizes/],
    [
      "a Matrix Market file",
      "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 5\n",
      /not read in pieces/,
    ],
    [
      "broken gzip",
      gzipSync("ann,Alien,5\nbob,Alien,4\n").subarray(0, 30),
      /the gzip file is broken/,
    ],
    [
      "half a surrogate pair",
      '{"user":"\\ud800","item":"a","rating":1}\n',
      /half a surrogate pair/,
    ],
  ])("%s", async (_, text, message) => {
    const out = place();
    await expect(shardObservations(written(text), { out })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("a folder that has something in it; shards only with force, and whole", async () => {
    const out = place();
    mkdirSync(out);
    writeFileSync(join(out, "letter.txt"), "");
    await expect(shardObservations(good, { out, force: true })).rejects.toThrow(
      /the folder is not empty/,
    );
    const again = place();
    const text = "ann,Alien,5\nbob,Alien,3\nbob,Brazil,3\n";
    const before = await shardObservations(good, { out: again });
    await expect(shardObservations(written(text), { out: again })).rejects.toThrow(/--force/);
    writeFileSync(join(again, "letter.txt"), "");
    await expect(shardObservations(written(text), { out: again, force: true })).rejects.toThrow(
      /it holds letter\.txt beside shards/,
    );
    const third = place();
    await shardObservations(good, { out: third });
    const after = await shardObservations(written(text), { out: third, force: true });
    expect(after.manifest.identity).not.toBe(before.manifest.identity);
    expect(openShards(third).manifest).toEqual(after.manifest);
    expect(readdirSync(third).sort()).toEqual(["0.shard", "cols.ids", "manifest.json", "rows.ids"]);
  });

  test.each([
    [{ source: good, options: {} }, /out/],
    [{ source: good, options: { out: "x", shards: 0 } }, /shards is 0/],
    [{ source: good, options: { out: "x", dense: true } }, /dense/],
    [
      { source: good, options: { out: "x", columns: ["a", "b"] } },
      /it must have 3, user, item and rating/,
    ],
    [{ source: 5, options: { out: "x" } }, /source/],
    [{ source: [], options: { out: "x-empty" } }, /no observations/],
    [
      { source: [{ user: "a", item: "b" }], options: { out: "x-bad" } },
      /source\[0\]\.rating is of type undefined/,
    ],
    [{ source: [{ user: "a", item: "b", rating: 1, when: 2 }], options: { out: "x-bad" } }, /when/],
  ])("%o", async ({ source, options }, message) => {
    const given =
      "out" in options ? { ...options, out: join(folder.path, String(options.out)) } : options;
    await expect(shardObservations(source as never, given as never)).rejects.toThrow(message);
  });
});
