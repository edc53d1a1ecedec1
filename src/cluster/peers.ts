// The packages that only a cluster needs. They are loaded when a function is called that uses them.
import { createRequire } from "node:module";
import { ClusterError } from "./cluster-error.js";

/** Node loads CommonJS files in half the time of import: a worker starts a quarter sooner. */
const require = createRequire(import.meta.url);

export type BullMQ = typeof import("bullmq");
type RedisClass = typeof import("ioredis").Redis;

/** @throws ClusterError that says what to install. */
export function loadPeers(name: string): { bullmq: BullMQ; Redis: RedisClass } {
  try {
    const bullmq: BullMQ = require("bullmq");
    const { Redis }: { Redis: RedisClass } = require("ioredis");
    return { bullmq, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new ClusterError(
      `${name}: bullmq and ioredis are not installed: npm install bullmq ioredis`,
    );
  }
}
