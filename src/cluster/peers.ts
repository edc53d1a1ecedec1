// The packages that only a cluster needs. They are loaded when a function is called that uses them.
import { ClusterError } from "./cluster-error.js";

export type BullMQ = typeof import("bullmq");
type RedisClass = typeof import("ioredis").Redis;

/** @throws ClusterError that says what to install. */
export async function loadPeers(name: string): Promise<{ bullmq: BullMQ; Redis: RedisClass }> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import("bullmq"), import("ioredis")]);
    return { bullmq, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new ClusterError(
      `${name}: bullmq and ioredis are not installed: npm install bullmq ioredis`,
    );
  }
}
