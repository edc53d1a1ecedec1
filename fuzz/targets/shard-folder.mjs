// A folder of shards: the manifest, the ids and the blocks of rows, behind hashes that anybody can make.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disk, shardFiles } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { specimenIds } from "../model-bytes.mjs";
import { join as joined } from "../mutate.mjs";

const { blockBytes, encodeBlock, encodeHeader, encodeIds, encodeManifest, headerBytes, sha256 } =
  shardFiles;
const folder = mkdtempSync(join(tmpdir(), "lowrank-fuzz-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export default {
  name: "shard-folder",

  specimen(random) {
    const [rowIds, colIds] = ["r", "c"].map((letter) =>
      specimenIds(random, letter, random.between(2, 6)),
    );
    const starts = [0, random.between(1, rowIds.length - 1), rowIds.length];
    const blocks = [0, 1].map((b) => blockOf(random, starts[b + 1] - starts[b], colIds.length));
    const identity = sha256(String(random.below(1000)));
    const bytes = blocks.map(encodeBlock);
    const counts = blocks.map(({ values }) => values.length);
    const cuts = random.chance(0.5) ? [0, 1, 2] : [0, 2];
    const shards = cuts.slice(1).map((end, s) => {
      const first = cuts[s];
      const held = counts.slice(first, end).reduce((sum, count) => sum + count, 0);
      const header = encodeHeader(identity, first, end, held);
      return { first, end, file: joined(header, ...bytes.slice(first, end)) };
    });
    const files = [
      ["rows.ids", joined(...encodeIds(rowIds))],
      ["cols.ids", joined(...encodeIds(colIds))],
      ...shards.map(({ file }, s) => [`${s}.shard`, file]),
    ];
    const [rowFile, colFile, ...stored] = files.map(([file, content]) => ({
      ...{ file, bytes: content.length, sha256: sha256(content) },
    }));
    const values = blocks.flatMap((block) => [...block.values]);
    const manifest = encodeManifest({
      ...{ identity, rows: rowIds.length, cols: colIds.length, entries: values.length },
      ...{ duplicates: random.below(3), policy: random.pick(["mean", "last"]) },
      ...{ low: Math.min(...values), high: Math.max(...values) },
      ...{ rowIds: rowFile, colIds: colFile },
      blocks: { starts, entries: counts, sha256: bytes.map(sha256) },
      shards: shards.map(({ first, end }, s) => ({ ...stored[s], first, end })),
    });
    const tree = { manifest: Pairs.from(JSON.parse(new TextDecoder().decode(manifest))), files };
    const colIndices = blocks.flatMap((block) => [...block.colIndices]);
    const ofRows = blocks.flatMap((block) => [...block.counts]);
    return { tree, value: { rowIds, colIds, counts: ofRows, colIndices, values } };
  },

  encode(tree) {
    const { manifest, files } = Object(tree);
    const listed = (Array.isArray(files) ? files : []).filter(Array.isArray);
    return new Map([
      ["manifest.json", joined(jsonBytes(manifest), Uint8Array.of(10))],
      ...listed.map(([name, content]) => [
        String(name),
        content instanceof Uint8Array ? content : new Uint8Array(0),
      ]),
    ]);
  },

  /** Mostly: what is behind the hashes is what is tried. */
  seal(files, random) {
    const sealed = new Map(files);
    if (random.chance(0.05)) return sealed;
    try {
      sealManifest(sealed, random);
    } catch {
      // Nothing is left to seal.
    }
    return sealed;
  },

  read(files) {
    const written = [...files].filter(([name]) => /^[a-z0-9][a-z0-9.-]{0,63}$/.test(name));
    for (const [name, content] of written) writeFileSync(join(folder, name), content);
    try {
      const shards = disk.openShards(folder);
      const { matrix } = shards.readBlocks(0, shards.manifest.blocks.entries.length);
      const { rowStart, colIndices, values } = matrix;
      return {
        ...{ rowIds: shards.rowIds(), colIds: shards.colIds() },
        counts: Array.from(rowStart.subarray(1), (end, row) => end - rowStart[row]),
        ...{ colIndices: [...colIndices], values: [...values] },
      };
    } finally {
      for (const [name] of written) rmSync(join(folder, name));
    }
  },
};

/** Rows with some columns each, in increasing order. */
function blockOf(random, rows, cols) {
  const colIndices = [];
  const counts = Int32Array.from({ length: rows }, () => {
    const chosen = Array.from({ length: cols }, (_, col) => col).filter(() => random.chance(0.6));
    if (chosen.length === 0) chosen.push(random.below(cols));
    colIndices.push(...chosen);
    return chosen.length;
  });
  const values = Float64Array.from(colIndices, () => random.between(-9, 9) / 2);
  return { counts, colIndices: Int32Array.from(colIndices), values };
}

/** Hashes of what the files are now, and the seal of the manifest. */
function sealManifest(files, random) {
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  const { blocks, shards, rowIds, colIds } = manifest;
  const sizes = random.chance(0.5);
  for (const stored of [rowIds, colIds, ...shards]) {
    const content = files.get(stored.file);
    if (content === undefined) continue;
    stored.sha256 = sha256(content);
    if (sizes) stored.bytes = content.length;
  }
  for (const { file, first, end } of shards) {
    for (let b = Math.max(0, first), at = headerBytes; b < end && b < blocks.entries.length; b++) {
      const size = blockBytes(blocks.starts[b + 1] - blocks.starts[b], blocks.entries[b]);
      blocks.sha256[b] = sha256(files.get(file).subarray(at, at + size));
      at += size;
    }
  }
  const { sha256: _, ...body } = manifest;
  const text = JSON.stringify(body);
  const sealed = `${text.slice(0, -1)},"sha256":"${sha256(text)}"}\n`;
  files.set("manifest.json", new TextEncoder().encode(sealed));
}
