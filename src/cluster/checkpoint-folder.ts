// The checkpoints of a run: files in a folder that the coordinator makes, and that all workers see. A file has what
// one thread keeps of the blocks that it has, `EXCHANGE-FIRST-END.checkpoint`.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically, writeFilesAtomically } from "../files/atomic-file.js";
import { makeFolder, writing } from "../files/output-file.js";
import { readFile, readingError } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import type { Kept } from "../shards/journal.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import {
  type CheckpointOf,
  type CheckpointPart,
  decodeCheckpoint,
  encodeCheckpoint,
  joinParts,
} from "./checkpoint-file.js";
import { ClusterError } from "./cluster-error.js";

const marker = "run";
const pattern = /^(\d+)-(\d+)-(\d+)\.checkpoint$/;
/** A Redis that was killed forgets the last seconds, and may then ask for a checkpoint that is not the last one. */
const kept = 10_000;

/** The folder of a run, in the one that was given. */
export const folderOf = (checkpoints: string, run: string): string =>
  join(checkpoints, `${run}.checkpoints`);

/** Makes the folder, which says of which start of the run it is; of one that is gone on with it stays. */
export function makeCheckpointFolder(path: string, resume: boolean): void {
  if (resume && idIn(path) !== undefined) return;
  removeCheckpointFolder(path);
  makeFolder(path);
  writeFileAtomically(
    join(path, marker),
    new TextEncoder().encode(randomBytes(16).toString("hex")),
  );
}

export function removeCheckpointFolder(path: string): void {
  writing(path, () => rmSync(path, { recursive: true, force: true }));
}

function idIn(path: string): string | undefined {
  try {
    const id = readFileSync(join(path, marker), "utf8");
    return /^[0-9a-f]{32}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

export class CheckpointFolder {
  readonly #id: string;

  /** @throws ClusterError where it is not the folder that the coordinator has made. */
  constructor(
    readonly path: string,
    readonly program: string,
  ) {
    const id = idIn(path);
    if (id === undefined) {
      throw new ClusterError(
        `${path}: it is not the folder that the coordinator made for checkpoints: ` +
          "it must be seen by all workers, under the same path",
      );
    }
    this.#id = id;
  }

  #of = (round: number): CheckpointOf => ({ id: this.#id, program: this.program, round });

  /** @throws FileError when it cannot be written. */
  write(round: number, state: Kept, blocks: RowBlocks): void {
    const { first, end } = blocks;
    const path = join(this.path, `${round}-${first}-${end}.checkpoint`);
    writeFilesAtomically([{ path, bytes: encodeCheckpoint(this.#of(round), state, blocks) }]);
  }

  /** @throws FormatError or FileError where there is none of all these blocks, or it is damaged. */
  read(round: number, blocks: RowBlocks): Kept {
    const files = this.#files();
    const parts: CheckpointPart[] = [];
    let next = blocks.first;
    while (next < blocks.end) {
      const file = files.find((one) => one.round === round && one.first <= next && next < one.end);
      if (file === undefined) {
        throw new FormatError(
          this.path,
          `there is no checkpoint of exchange ${round} with block ${next}`,
        );
      }
      const path = join(this.path, file.name);
      parts.push(decodeCheckpoint(readFile(path), this.#of(round), path));
      next = file.end;
    }
    return joinParts(parts, blocks);
  }

  /** Removes what is older than a checkpoint that all shards have, and not of the last seconds. */
  tidy(round: number): void {
    for (const file of this.#files()) {
      if (file.round >= round) continue;
      const path = join(this.path, file.name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found && Date.now() - found.mtimeMs > kept) rmSync(path, { force: true });
    }
  }

  #files() {
    return namesIn(this.path).flatMap((name) => {
      const found = pattern.exec(name);
      if (found === null) return [];
      const [round, first, end] = found.slice(1).map(Number);
      return [{ name, round, first, end }];
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw readingError(folder, error);
  }
}
