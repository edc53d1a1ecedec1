// What is done of an experiment, on the disk: a run that is interrupted goes on from here.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

/** Values by key, one file each, typed arrays included; a file is replaced whole or not at all. */
export class Store {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  /** The value, or undefined where there is none. */
  read(key) {
    try {
      return deserialize(readFileSync(this.#path(key)));
    } catch (error) {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  write(key, value) {
    mkdirSync(this.#folder, { recursive: true });
    const temporary = `${this.#path(key)}.tmp`;
    writeFileSync(temporary, serialize(value));
    renameSync(temporary, this.#path(key));
  }

  clear() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #path(key) {
    return join(this.#folder, `${key}.bin`);
  }
}
