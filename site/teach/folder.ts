// The folder of a model, as somebody picks or drops it.

import type { ModelFiles } from "../../src/formats/model-files.js";
import { type DistantFiles, readModelFiles } from "../../src/formats/model-layout.js";

/** Files by their paths in a folder. */
export interface Folder {
  name: string;
  files: ReadonlyMap<string, File>;
}

/** The files of a model in the folder: of all others nothing is read. */
export function modelOfFolder({ name, files }: Folder): Promise<ModelFiles> {
  const source: DistantFiles = {
    root: name,
    has: (path) => files.has(path),
    async read(path) {
      const file = files.get(path);
      if (!file) throw new Error(`${name} has no ${path}`);
      return new Uint8Array(await file.arrayBuffer());
    },
  };
  return readModelFiles(source);
}

/** What a picker of folders gives: every path begins with the folder's name. */
export function pickedFolder(picked: FileList): Folder {
  const all = [...picked];
  const name = all[0]?.webkitRelativePath.split("/")[0] ?? "the folder";
  const inside = ({ webkitRelativePath: path }: File) => path.slice(name.length + 1);
  return { name, files: new Map(all.map((file) => [inside(file), file])) };
}

/** @throws Error when it is not one folder. */
export async function droppedFolder({ items }: DataTransfer): Promise<Folder> {
  const [entry] = [...items].map((item) => item.webkitGetAsEntry());
  if (!entry?.isDirectory) throw new Error("drop the folder of the model, not a file of it");
  const files = new Map<string, File>();
  await collect(entry as FileSystemDirectoryEntry, "", files);
  return { name: entry.name, files };
}

async function collect(
  folder: FileSystemDirectoryEntry,
  path: string,
  files: Map<string, File>,
): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    // A hundred at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      const place = `${path}${entry.name}`;
      if (entry.isDirectory) await collect(entry as FileSystemDirectoryEntry, `${place}/`, files);
      else {
        const file = await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject),
        );
        files.set(place, file);
      }
    }
  }
}
