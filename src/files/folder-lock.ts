// One writer at a time in a folder, also among processes: who makes `.lowrank-lock` has it. The file
// says who that is, so that the lock of a process that was killed hinders nobody.
import { randomBytes, randomInt } from "node:crypto";
import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { FileError } from "../formats/errors.js";
import { temporaryName } from "./output-file.js";

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
      const { pid, machine } = parse(holder ?? "");
      throw new FileError(
        folder,
        `another process (${pid} on ${machine.split("/")[0]}) is writing here: try again when it ` +
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
  writeFileSync(draft, text, { flag: "wx" });
  try {
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

interface Holder {
  /** Host, its boot and the space of its process ids. */
  machine: string;
  pid: number;
  /** When the process was started: ids are given again. */
  started: string;
}

function self(): Holder {
  const { pid } = process;
  return { machine: machine(), pid, started: stateOf(pid)?.started ?? "" };
}

function machine(): string {
  const told = (read: () => string) => {
    try {
      return read().trim();
    } catch {
      return "";
    }
  };
  const boot = told(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
  return [told(hostname), boot, told(() => readlinkSync("/proc/self/ns/pid"))].join("/");
}

/** What Linux says about a process; undefined where it says nothing. */
function stateOf(pid: number): { dead: boolean; started: string } | undefined {
  try {
    // The name, in brackets, may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { dead: fields[0] === "Z" || fields[0] === "X", started: fields[19] };
  } catch {
    return undefined;
  }
}

function isStale(lock: string, text: string): boolean {
  const holder = parse(text);
  if (holder.machine !== machine()) {
    const found = statSync(lock, { throwIfNoEntry: false });
    return found !== undefined && Date.now() - found.mtimeMs > foreignAge;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const state = stateOf(holder.pid);
  return state !== undefined && (state.dead || state.started !== holder.started);
}

/** The text of a lock; undefined when there is none any more. */
function read(lock: string): string | undefined {
  try {
    return readFileSync(lock, "utf8");
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder {
  let found: Partial<Holder> | null = null;
  try {
    found = JSON.parse(text);
  } catch {
    // Not ours, or torn: then it is treated as that of another machine.
  }
  const { machine: host, pid, started } = found ?? {};
  const known = Number.isInteger(pid) && (pid as number) > 0 && typeof host === "string";
  return known
    ? { machine: host as string, pid: pid as number, started: String(started) }
    : { machine: "", pid: 0, started: "" };
}
