import { folderCache } from "../files/model-cache.js";
import type { ModelCache } from "../lora/hub.js";
import { fetchShown } from "./open-model.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";

interface Options {
  out: string;
  revision?: string;
  baseUrl?: string;
  json?: boolean;
}

/** `lowrank download NAME --out DIR` */
export function addDownload(program: Command): void {
  program
    .command("download")
    .description("fetch a text encoder from the Hugging Face Hub, checked against its hashes")
    .argument("<name>", "such as sentence-transformers/all-MiniLM-L6-v2")
    .requiredOption(
      "--out <dir>",
      "folder for its files; what is there already is not fetched again",
    )
    .option("--revision <r>", "a branch, a tag or a commit (default: main)")
    .option("--base-url <url>", "another server with the Hub's routes")
    .option("--json", "print one JSON object")
    .action(run);
}

async function run(name: string, { out, revision, baseUrl, json }: Options): Promise<void> {
  checkFolderOutput("--out", out, []);
  const written = new Set<string>();
  await fetchShown(name, {
    ...(revision !== undefined && { revision }),
    ...(baseUrl !== undefined && { baseUrl }),
    cache: inFolder(out, name, written),
  });
  const files = [...written].sort();
  if (json) console.log(JSON.stringify({ name, folder: out, files }));
  else console.log(`${files.length} files of ${name}: --model ${out} takes them`);
}

/** The cache whose files lie in the folder itself, as a model's do, without its name and commit. */
function inFolder(folder: string, name: string, used: Set<string>): ModelCache {
  const cache = folderCache(folder);
  const own = (path: string) =>
    path
      .split("/")
      .slice(name.split("/").length + 1)
      .join("/");
  return {
    read: async (path) => {
      const bytes = await cache.read(own(path));
      if (bytes && !path.endsWith(".part")) used.add(own(path));
      return bytes;
    },
    write: async (path, bytes) => {
      if (!path.endsWith(".part")) used.add(own(path));
      await cache.write(own(path), bytes);
    },
    remove: (path) => cache.remove(own(path)),
  };
}
