// Data sets that are not ours to redistribute.
import { fileURLToPath } from "node:url";

export const dataFolder =
  process.env.LOWRANK_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
