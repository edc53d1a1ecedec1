// Fills in a picture, apart from the page.
import {
  adam,
  completion,
  compress,
  type DeepLinearNetwork,
  deepFactorization,
  type LossOptions,
  Matrix,
  matmul,
  train,
} from "lowrank";
import { report, serve } from "../shell/serve.js";
import { alternating, type Known } from "./alternating.js";

/** Grey values from 0 to 1, row by row. */
export interface Picture {
  rows: number;
  cols: number;
  data: Float64Array;
}

/** Shares of the pixels that are hidden, and of those shown that are wrong. */
export interface Damage {
  hidden: number;
  wrong: number;
}

/** Who fills in: wide, compressed and alternating by squares; plain and robust are compressed. */
export type Racer = "wide" | "compressed" | "alternating" | "plain" | "robust";

/** How far a racer is. */
export interface Frame {
  racer: Racer;
  /** Of the race. */
  step: number;
  /** Of training alone. */
  milliseconds: number;
  /** Root mean square error of the hidden pixels. */
  error: number;
  parameters: number;
  picture: Float64Array;
}

/** What is left of a picture. */
export interface Seen {
  /** 1 where a pixel is shown. */
  shown: Uint8Array;
  /** Some of the pixels shown are black or white instead. */
  data: Float64Array;
}

const depth = 3;
const steps = 300;
/** Pictures are drawn so often. */
const pause = 20;
/** Steps of the networks to a turn of the alternating racer: none gains much after twenty. */
const turn = 15;
const seed = 0;
/** Of Huber's loss: a wrong pixel is off by up to 1. */
const threshold = 0.01;

/** Which pixels are shown, and which of these are wrong: the same ones for the same picture and shares. */
function damage({ rows, cols, data }: Picture, { hidden, wrong }: Damage): Seen {
  const noise = Matrix.randomNormal(rows, cols, { seed: 3 });
  const order = Array.from(noise.data.keys()).sort((a, b) => noise.data[a] - noise.data[b]);
  const kept = order.slice(Math.floor(hidden * order.length));
  const shown = new Uint8Array(rows * cols);
  for (const place of kept) shown[place] = 1;
  const seen = Float64Array.from(data);
  kept.slice(0, Math.round(wrong * kept.length)).forEach((place, i) => {
    seen[place] = i % 2;
  });
  return { shown, data: seen };
}

interface Running {
  /** Steps of the race to one of its own. */
  every: number;
  parameters: number;
  step(): void;
  product(): Matrix;
}

/** Runs all of them, step by step in turn; each frame is reported. */
function race(picture: Picture, share: Damage, rank: number, names: readonly Racer[]): number {
  const { rows, cols, data } = picture;
  const seen = damage(picture, share);
  const places = Array.from(seen.shown.keys()).filter((place) => seen.shown[place] === 1);
  const mean = places.reduce((sum, place) => sum + seen.data[place] / places.length, 0);
  const known = {
    ...{ rows, cols },
    rowIndices: Int32Array.from(places, (place) => Math.floor(place / cols)),
    colIndices: Int32Array.from(places, (place) => place % cols),
    values: Float64Array.from(places, (place) => seen.data[place] - mean),
  };
  const racers = names.map((name) => ({ name, ...racing[name](known, rank), milliseconds: 0 }));
  for (let step = 1; step <= steps; step++) {
    for (const racer of racers) {
      const start = performance.now();
      if (step % racer.every === 0) racer.step();
      racer.milliseconds += performance.now() - start;
      if (step % pause !== 0) continue;
      const filled = racer.product().data.map((value) => Math.min(1, Math.max(0, value + mean)));
      const frame: Frame = {
        racer: racer.name,
        step,
        milliseconds: racer.milliseconds,
        error: errorOf(filled, data, seen.shown),
        parameters: racer.parameters,
        picture: Float64Array.from(filled),
      };
      report(frame, true);
    }
  }
  return steps;
}

function errorOf(filled: ArrayLike<number>, data: Float64Array, shown: Uint8Array): number {
  let [squares, count] = [0, 0];
  for (let place = 0; place < data.length; place++) {
    if (shown[place] === 1) continue;
    squares += (filled[place] - data[place]) ** 2;
    count++;
  }
  return count > 0 ? Math.sqrt(squares / count) : 0;
}

const racing: Record<Racer, (known: Known, rank: number) => Running> = {
  wide: (known) => network(known, undefined, {}),
  compressed: (known, rank) => network(known, rank, {}),
  plain: (known, rank) => network(known, rank, {}),
  robust: (known, rank) => network(known, rank, { loss: "huber", threshold }),
  alternating(known, rank) {
    const run = alternating(known, rank, seed);
    let product = Matrix.zeros(known.rows, known.cols);
    return {
      ...{ every: turn, parameters: rank * (known.rows + known.cols) },
      step() {
        product = run.next().value;
      },
      product: () => product,
    };
  },
};

/** @param rank - that it is compressed to; undefined where it is not. */
function network(known: Known, rank: number | undefined, loss: LossOptions): Running {
  const problem = completion(known, loss);
  const { rows, cols } = known;
  const wide = deepFactorization({ shape: { rows, cols }, depth, scale: 0.1, seed });
  const model = rank === undefined ? wide : compress(wide, problem, { rank });
  const run = train(model, problem, { steps, optimizer: adam({ learningRate: 0.01 }) });
  return {
    ...{ every: 1, parameters: model.parameterCount },
    step: () => void run.next(),
    product: () => productOf(model),
  };
}

function productOf(model: DeepLinearNetwork): Matrix {
  return model.factors().reduce((product, factor) => matmul(factor, product));
}

const functions = { damage, race };
export type Filler = typeof functions;
serve(functions);
