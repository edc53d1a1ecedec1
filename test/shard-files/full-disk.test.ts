// A disk that fills up at any moment: the folder is not there, or is the old one.
import { existsSync, readdirSync, writeSync } from "node:fs";
import { afterAll, expect, test, vi } from "vitest";
import { openShards, shardObservations } from "../../src/node.js";
import { temporaryFolder } from "../helpers/cli.js";

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, writeSync: vi.fn(fs.writeSync) };
});

const folder = temporaryFolder();
afterAll(() => folder.remove());
const records = [
  { user: "ann", item: "Alien", rating: 5 },
  { user: "bob", item: "Alien", rating: 4 },
];

/** Runs work while writes fail but for the first ones. Returns how many were made, and why it failed. */
async function withRoomFor(writes: number, work: () => Promise<unknown>) {
  const fs = await vi.importActual<typeof import("node:fs")>("node:fs");
  let made = 0;
  vi.mocked(writeSync).mockImplementation(((...args: Parameters<typeof fs.writeSync>) => {
    if (made++ < writes) return fs.writeSync(...args);
    throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  }) as typeof writeSync);
  try {
    await work();
    return { made, message: "" };
  } catch (error) {
    return { made, message: (error as Error).message };
  } finally {
    vi.mocked(writeSync).mockReset();
  }
}

test("nothing is left of a folder that the disk has no room for", async () => {
  const out = folder.at("new");
  const all = (await withRoomFor(99, () => shardObservations(records, { out: folder.at("whole") })))
    .made;
  expect(all).toBeGreaterThan(8);
  for (let writes = 0; writes < all; writes++) {
    const { message } = await withRoomFor(writes, () => shardObservations(records, { out }));
    expect(message).toBe(`${out}: the disk is full`);
    expect(existsSync(out)).toBe(false);
  }
});

test("a folder that was to be replaced is as it was", async () => {
  const out = folder.at("old");
  const { manifest } = await shardObservations(records, { out });
  const before = readdirSync(out);
  const replace = () =>
    shardObservations([...records, { ...records[0], user: "cas" }], { out, force: true });
  for (let writes = 0; writes < 8; writes++) {
    expect((await withRoomFor(writes, replace)).message).toBe(`${out}: the disk is full`);
    expect(readdirSync(out)).toEqual(before);
    expect(openShards(out).manifest).toEqual(manifest);
  }
  expect((await replace()).manifest.identity).not.toBe(manifest.identity);
});
