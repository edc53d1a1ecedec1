// What figures depend on beside the programs.
import { readFileSync } from "node:fs";
import os from "node:os";

const processor = os.cpus()[0]?.model.trim() ?? "unknown processor";

/** The line that stands under a table. */
export function machine() {
  return `${processor}, one core, Node ${process.versions.node}, ${os.platform()} ${os.arch()}`;
}

/** Processor, its widest vectors, and a line that says it. */
export function machineFacts() {
  const flags = cpuFlags();
  const avx512 = flags.includes("avx512f");
  const avx2 = flags.includes("avx2");
  const vectors = avx512 ? "AVX-512" : avx2 ? "AVX2" : "unknown vectors";
  const line = `${processor}, ${vectors}, ${os.platform()} ${os.arch()}; one thread unless said`;
  return { processor, avx512, avx2, line };
}

function cpuFlags() {
  try {
    return (
      readFileSync("/proc/cpuinfo", "utf8")
        .match(/^flags\s*:(.*)$/m)?.[1]
        .split(" ") ?? []
    );
  } catch {
    return []; // not Linux
  }
}
