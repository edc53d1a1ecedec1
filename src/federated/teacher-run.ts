// The toy on which claims about training are measured: a small network learns, over the air, what a
// random one answers.

import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray, randomPermutation } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { FeedForward } from "../networks/feed-forward.js";
import { adam } from "../optim/adam.js";
import { Parameter } from "../optim/optimizer.js";
import { Block, type FloatArray, Job } from "../wasm/index.js";
import { gaussianChannel } from "./channel.js";
import { PolarAirServer } from "./server.js";
import { sparsify } from "./sparsify.js";
import { PolarAirWorker } from "./worker.js";

/** One round on the air: from the workers' gradients to what the server takes for their mean. */
export type Exchange = (gradients: readonly FloatArray[]) => ArrayLike<number>;

export interface TeacherRun {
  /** Rounds until the accuracy was reached, or all that there were. */
  readonly rounds: number;
  readonly accuracy: number;
}

const workers = 4;
const batch = 128;
const learningRate = 0.01;
const examples = { training: 8000, test: 1000 };
const student = new FeedForward({ sizes: [64, 48, 10] });
const teacher = new FeedForward({ sizes: [64, 16, 10] });

/** Parameters of the network that learns: entries of a gradient. */
export const dimension = student.parameterCount;
export const sparsity = 20;

/** Both sets, labelled by the teacher: the training examples first. */
function makeExamples(seed: number): { X: Matrix; labels: Int32Array } {
  const rows = examples.training + examples.test;
  const stream = streamAt(streams.teacherRun, 0);
  const X = new Matrix(rows, 64, randomNormalArray(rows * 64, seed, stream, "f32"));
  return { X, labels: teacher.classify(teacher.start({ seed: seed + 1 }), X) };
}

/**
 * Trains until so many of the test examples are right: each of four workers has a quarter of the
 * training examples and goes through them in an order of its own, the server takes a step of Adam.
 */
export function trainFromTeacher(
  exchange: Exchange,
  { seed, accuracy, rounds }: { seed: number; accuracy: number; rounds: number },
): TeacherRun {
  const { X, labels } = makeExamples(seed);
  const share = examples.training / workers;
  const orders = Array.from({ length: workers }, (_, w) =>
    randomPermutation(share, seed, streamAt(streams.teacherRun, 1 + w)),
  );
  const tests = new Matrix(examples.test, 64, X.data.slice(examples.training * 64));
  const answers = labels.subarray(examples.training);

  const job = new Job();
  const network = student.bind(job, { trained: true });
  network.parameters.write(student.start({ seed }));
  const optimizer = adam().bind([new Parameter(network.parameters, network.gradient)]);
  const x = Block.allocate(job, "f32", batch, 64);
  const chosen = job.allocate("i32", batch);
  const gradientOf = (w: number, round: number) => {
    for (let b = 0; b < batch; b++) {
      const i = w * share + orders[w][(round * batch + b) % share];
      x.row(b).set(X.row(i));
      job.view("i32", chosen, batch)[b] = labels[i];
    }
    network.lossGradient(x, chosen);
    return network.gradient.read();
  };
  let right = 0;
  for (let round = 1; round <= rounds; round++) {
    const gradients = orders.map((_, w) => gradientOf(w, round - 1));
    network.gradient.write(Float32Array.from(exchange(gradients)));
    optimizer.step(learningRate);
    const found = student.classify(network.parameters.read(), tests);
    right = found.reduce((sum, label, i) => sum + (label === answers[i] ? 1 : 0), 0);
    if (right >= accuracy * examples.test)
      return { rounds: round, accuracy: right / examples.test };
  }
  return { rounds, accuracy: right / examples.test };
}

/** Power of each worker at each use; the noise has a standard deviation of 1. */
const power = 1000;

/** PolarAir with K = 20 in 40 x 32 measurements, and the channel uses that it took so far. */
export function polarAirExchange(seed: number): { exchange: Exchange; uses: () => number } {
  const scheme = { dimension, sparsity, spreading: 2 * sparsity, seed };
  const ends = Array.from({ length: workers }, () => new PolarAirWorker(scheme));
  const server = new PolarAirServer({ ...scheme, candidates: 3 * sparsity });
  const channel = gaussianChannel({ power, seed });
  return {
    exchange: (gradients) =>
      server.decode(channel.transmit(ends.map((end, w) => end.encode(gradients[w])))).gradient,
    uses: () => channel.uses,
  };
}

/** The same sparsified gradients, sent as they are: a use for every entry, most of them zero. */
export function sparseExchange(seed: number): { exchange: Exchange; uses: () => number } {
  const channel = gaussianChannel({ power, seed });
  const left = Array.from({ length: workers }, () => new Float64Array(dimension));
  const sparsified = (gradient: FloatArray, w: number) => {
    const sparse = sparsify(gradient, left[w], sparsity);
    left[w] = sparse.left;
    const sent = new Float64Array(dimension);
    sparse.indices.forEach((i, p) => {
      sent[i] = sparse.values[p];
    });
    return new Matrix(1, dimension, sent);
  };
  return {
    exchange: (gradients) => channel.transmit(gradients.map(sparsified)).data,
    uses: () => channel.uses,
  };
}
