// Which process has left something behind, and whether it has ended.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A process, as a file or its name says. */
export interface Owner {
  /** Host, its boot and the space of its process ids. */
  machine: string;
  pid: number;
  /** When the process was started: ids are given again. "" where the system does not tell. */
  started: string;
}

/** This process. */
export function self(): Owner {
  const { pid } = process;
  return { machine: machine(), pid, started: stateOf(pid)?.started ?? "" };
}

/** Whether the process, of this machine, has ended. */
export function hasEnded({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const state = stateOf(pid);
  return state !== undefined && (state.dead || state.started !== started);
}

export function machine(): string {
  const attempt = (read: () => string) => {
    try {
      return read().trim();
    } catch {
      return "";
    }
  };
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1"));
  return [attempt(hostname), boot, attempt(() => readlinkSync("/proc/self/ns/pid"))].join("/");
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

/** Names of temporary files: machine, process and start of it, and a random part. */
export const temporaryPattern = /^\.lowrank-(?:([0-9a-f]{8})-(\d{1,9})-(\d*)-)?[0-9a-f]{16}\.tmp$/;

const shortened = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** A name in a folder that no file has, and that says whose it is. */
export function temporaryName(folder: string): string {
  const { machine, pid, started } = self();
  const random = randomBytes(8).toString("hex");
  return join(folder, `.lowrank-${shortened(machine)}-${pid}-${started}-${random}.tmp`);
}

/** Whether it is the name of a temporary file whose process is known to have ended. */
export function isLeftBehind(name: string): boolean {
  const [, owner, pid, started] = temporaryPattern.exec(name) ?? [];
  if (owner === undefined || owner !== shortened(machine())) return false;
  return hasEnded({ machine: "", pid: Number(pid), started });
}
