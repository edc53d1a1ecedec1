/**
 * `lowrank/cluster`: fits on several machines, over a queue in Redis. Needs the packages `bullmq` and
 * `ioredis`, and Node.
 *
 * @packageDocumentation
 */
export { ClusterError } from "./cluster/cluster-error.js";
export { type ClusterFinetuneOptions, ClusterFinetuning } from "./cluster/cluster-finetuning.js";
export type { ClusterProgress } from "./cluster/coordinator.js";
export {
  type CrossValidationOptions,
  crossValidate,
  type MeasuredFit,
  type MeasuredSetting,
} from "./cluster/cross-validate.js";
export { fitShards, type ShardFitOptions } from "./cluster/fit-shards.js";
export type { RunOptions } from "./cluster/run-options.js";
export {
  type ClusterWorker,
  type ClusterWorkerOptions,
  startWorker,
} from "./cluster/start-worker.js";
export {
  type ClusterStatus,
  type RunStatus,
  type StatusOptions,
  status,
} from "./cluster/status.js";
export type { WorkerInfo } from "./cluster/worker-list.js";
