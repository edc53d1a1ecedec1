/**
 * `lowrank/federated`: PolarAir, gradients for training over a shared Gaussian channel, by workers
 * whose signals add up on the air and a server that finds the largest entries in the sum.
 *
 * @packageDocumentation
 * @example
 * ```ts
 * const scheme = { dimension: 4096, sparsity: 5, spreading: 16, seed: 1 };
 * const workers = [new PolarAirWorker(scheme), new PolarAirWorker(scheme)];
 * const server = new PolarAirServer(scheme);
 * const channel = gaussianChannel({ power: 1000, seed: 2 });
 *
 * const gradient = new Float64Array(4096);
 * gradient[17] = 2;
 * const signals = workers.map((worker) => worker.encode(gradient));
 * server.decode(channel.transmit(signals)).indices; // Int32Array [17]
 * ```
 */
export {
  allocatePower,
  type GaussianChannel,
  type GaussianChannelOptions,
  gaussianChannel,
  readSum,
} from "./federated/channel.js";
export type { CodeShape, PolarAirScheme } from "./federated/scheme.js";
export {
  type DecodedGradient,
  PolarAirServer,
  type PolarAirServerOptions,
} from "./federated/server.js";
export { PolarAirWorker } from "./federated/worker.js";
