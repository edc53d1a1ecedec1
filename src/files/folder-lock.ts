// One writer at a time in a folder, also among processes: who makes `.lowrank-lock` has it. The file
// says who that is, so that the lock of a process that was killed hinders nobody.
import { randomBytes, randomInt } from "node:crypto";
import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FileError } from "../formats/errors.js";
import { hasEnded, machine, type Owner, self, temporaryName } from "./process-identity.js";

/** How long a writer waits for another, who only renames files meanwhile. */
const patience = 90_000;
/** A lock of another machine, whose processes nobody here can see, is left behind when so old. */
const foreignAge = 60_000;

/**
 * Does the work while no other process that asks for the same lock does.
 *
 * @param wait - milliseconds after which a lock that is held all the time is an error.
 * @throws FileError when it is held too long; what the file system throws when no lock can be made.
 */
export function withFolderLock<T>(folder: string, work: () => T, wait = patience): T {
  return withLock(folder, join(folder, ".lowrank-lock"), work, wait);
}

/** Sleeps; writers that run against each other wake at different times. */
export function pause(milliseconds: number): void {
  const time = milliseconds * (0.5 + randomInt(1000) / 1000);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}

function withLock<T>(folder: string, lock: string, work: () => T, wait: number): T {
  const until = performance.now() + wait;
  while (!take(folder, lock)) {
    const holder = read(lock);
    if (holder !== undefined && isStale(lock, holder)) {
      // Only one of those who wait takes it away, and only if nobody did so before.
      const again = () => read(lock) === holder && rmSync(lock, { force: true });
      withLock(folder, `${lock}.break`, again, wait);
    } else if (performance.now() > until) {
      const { pid, machine: host } = parse(holder ?? "");
      throw new FileError(
        folder,
        `another process (${pid} on ${host.split("/")[0]}) is writing here: try again when it ` +
          `is done, or remove ${lock} if it has ended`,
      );
    } else {
      pause(5);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Makes the lock, which appears with its text in it, or finds that there is one. */
function take(folder: string, lock: string): boolean {
  const draft = temporaryName(folder);
  const text = JSON.stringify({ ...self(), nonce: randomBytes(8).toString("hex") });
  try {
    writeFileSync(draft, text, { flag: "wx" });
    try {
      linkSync(draft, lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw error;
      // Not every file system has links.
      copyFileSync(draft, lock, constants.COPYFILE_EXCL);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function isStale(lock: string, text: string): boolean {
  const holder = parse(text);
  if (holder.machine !== machine()) {
    const found = statSync(lock, { throwIfNoEntry: false });
    return found !== undefined && Date.now() - found.mtimeMs > foreignAge;
  }
  return hasEnded(holder);
}

/** The text of a lock; undefined when there is none any more. */
function read(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return undefined;
  }
}

function parse(text: string): Owner {
  let found: Partial<Owner> | null = null;
  try {
    found = JSON.parse(text);
  } catch {
    // Not ours, or torn: then it is treated as that of another machine.
  }
  const { machine: host, pid, started } = found ?? {};
  const isTold = typeof host === "string" && typeof started === "string";
  return isTold && Number.isInteger(pid) && (pid as number) > 0
    ? { machine: host, pid: pid as number, started }
    : { machine: "", pid: 0, started: "" };
}
