// What the figures depend on beside the programs.
import { readFileSync } from "node:fs";
import os from "node:os";

/** Processor, its widest vectors, and a line that says it. */
export function machineFacts() {
  const processor = os.cpus()[0]?.model.trim() ?? "unknown processor";
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
    return []; // no Linux
  }
}
