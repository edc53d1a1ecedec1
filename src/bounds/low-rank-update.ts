// What is trained of a network's parameters: all of them, or a low-rank addition to each weight.
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { shaped } from "../maps/seeded-map.js";
import type { FeedForward } from "../networks/feed-forward.js";
import {
  type Block,
  basicKernels,
  type FloatArray,
  type Job,
  newArray,
  product,
} from "../wasm/index.js";

/** From trained numbers phi to the parameters of a network, around fixed parameters theta0. */
export interface Update {
  /** phi where the training starts, which gives theta0. */
  readonly start: FloatArray;
  bind(job: Job, theta0: Block): BoundUpdate;
}

export interface BoundUpdate {
  /** theta <- theta(phi). */
  write(phi: Block, theta: Block): void;
  /** dphi <- (d theta / d phi)' dtheta, at the phi that was written last. */
  pull(phi: Block, dtheta: Block, dphi: Block): void;
}

/** theta = theta0 + phi. */
export function fullUpdate(network: FeedForward): Update {
  return {
    start: newArray(network.dtype, network.parameterCount),
    bind: (job, theta0) => ({
      write(phi, theta) {
        theta.view().set(theta0.view());
        job.use(basicKernels)[network.dtype].axpy(theta.length, 1, phi.handle, theta.handle);
      },
      pull: (_, dtheta, dphi) => dphi.view().set(dtheta.view()),
    }),
  };
}

/**
 * W = W0 + (alpha / rank) B A in every layer, with alpha = 2 rank; A (rank x inputs) is normal with
 * variance 1 / inputs and B (outputs x rank) zero at the start (Hu et al. 2021). phi holds A and then B,
 * layer by layer, by rows. Biases stay.
 */
export function loraUpdate(network: FeedForward, rank: number, seed: number): Update {
  const scale = 2;
  let count = 0;
  const layers = network.layers.map(({ inputs, outputs, weight }) => {
    const A = count;
    const B = A + rank * inputs;
    count = B + outputs * rank;
    return { inputs, outputs, weight, A, B };
  });
  const { dtype, parameterCount } = network;
  const start = newArray(dtype, count);
  layers.forEach(({ inputs, A }, l) => {
    const stream = streamAt(streams.certifiedFactors, l);
    const normal = randomNormalArray(rank * inputs, seed, stream, "f64");
    for (let i = 0; i < normal.length; i++) start[A + i] = normal[i] / Math.sqrt(inputs);
  });
  const part = (all: Block, length: number, place: number, rows: number, cols: number) =>
    shaped(shaped(all, length, 1).lines(place, rows * cols), rows, cols);
  return {
    start,
    bind: (_, theta0) => ({
      write(phi, theta) {
        theta.view().set(theta0.view());
        for (const { inputs, outputs, weight, A, B } of layers) {
          product(part(phi, count, B, outputs, rank), part(phi, count, A, rank, inputs), {
            to: part(theta, parameterCount, weight, outputs, inputs),
            ...{ scale, add: true },
          });
        }
      },
      pull(phi, dtheta, dphi) {
        for (const { inputs, outputs, weight, A, B } of layers) {
          const dW = part(dtheta, parameterCount, weight, outputs, inputs);
          product(part(phi, count, B, outputs, rank), dW, {
            to: part(dphi, count, A, rank, inputs),
            ...{ scale, transposeA: true },
          });
          product(dW, part(phi, count, A, rank, inputs), {
            to: part(dphi, count, B, outputs, rank),
            ...{ scale, transposeB: true },
          });
        }
      },
    }),
  };
}
