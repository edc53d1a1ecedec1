import { defaultRankOf } from "../als/settings.js";
import {
  type CompletionOptions,
  readCompletionOptions,
  type Settings,
  settingsFor,
} from "../completion/options.js";
import type { ShardManifest } from "./manifest.js";

/** Bytes of a thread's memory that the ranking head may need. */
const largestHead = 4 * 2 ** 30;

/**
 * The settings of a fit from a folder of shards.
 *
 * @throws RangeError or TypeError where they do not fit it: its duplicates are settled, and the ranking head needs
 * all entries in a thread's memory.
 */
export function folderSettings(
  name: string,
  { rows, cols, entries, policy }: ShardManifest,
  options: CompletionOptions,
): Settings {
  const read = { ...readCompletionOptions(name, options), duplicates: policy };
  const settings = settingsFor(name, read, rows, cols);
  const { duplicates } = options;
  if (duplicates !== undefined && duplicates !== policy) {
    throw new RangeError(
      `${name}: duplicates is "${duplicates}", and the folder was made with "${policy}": ` +
        "shard the data anew, or leave it out",
    );
  }
  const bytes = bytesOfHead(rows, cols, entries);
  if (!settings.ranking || bytes <= largestHead) return settings;
  throw new RangeError(
    `${name}: the ranking head of ${entries} entries takes about ${Math.ceil(bytes / 2 ** 30)} GiB ` +
      "in each thread, which has 4: pass ranking: false (--no-ranking)",
  );
}

/** What its fit takes in a thread's WebAssembly memory, about. */
function bytesOfHead(rows: number, cols: number, entries: number): number {
  return 24 * entries + 16 * defaultRankOf(rows, cols) * (rows + cols);
}
