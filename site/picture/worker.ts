// Fills in a picture, apart from the page.
import {
  adam,
  completion,
  compress,
  type DeepLinearNetwork,
  deepFactorization,
  Matrix,
  matmul,
  type Problem,
  train,
} from "lowrank";
import { report, serve } from "../shell/serve.js";

/** Grey values from 0 to 1, row by row. */
export interface Picture {
  rows: number;
  cols: number;
  data: Float64Array;
}

export type Racer = "wide" | "compressed";

/** How far a racer is. */
export interface Frame {
  racer: Racer;
  step: number;
  /** Of training alone. */
  milliseconds: number;
  /** Root mean square error of the hidden pixels. */
  error: number;
  parameters: number;
  picture: Float64Array;
}

export interface Race {
  /** 1 where a pixel is shown. */
  shown: Uint8Array;
}

const depth = 3;
const steps = 300;
/** Pictures are drawn so often. */
const pause = 20;
const seed = 0;

/** Which pixels are shown: the same ones for the same picture and share. */
function hide({ rows, cols }: Picture, hidden: number): Race {
  const noise = Matrix.randomNormal(rows, cols, { seed: 3 });
  const order = Array.from(noise.data.keys()).sort((a, b) => noise.data[a] - noise.data[b]);
  const shown = new Uint8Array(rows * cols);
  for (const place of order.slice(Math.floor(hidden * order.length))) shown[place] = 1;
  return { shown };
}

/** Trains both, step by step in turn; each frame is reported. */
function race(picture: Picture, hidden: number, rank: number): number {
  const { rows, cols, data } = picture;
  const { shown } = hide(picture, hidden);
  const places = Array.from(shown.keys()).filter((place) => shown[place] === 1);
  const mean = places.reduce((sum, place) => sum + data[place] / places.length, 0);
  const problem = completion({
    ...{ rows, cols },
    rowIndices: Int32Array.from(places, (place) => Math.floor(place / cols)),
    colIndices: Int32Array.from(places, (place) => place % cols),
    values: Float64Array.from(places, (place) => data[place] - mean),
  });
  const wide = () => deepFactorization({ shape: { rows, cols }, depth, scale: 0.1, seed });
  const racers = [
    racing("wide", wide(), problem),
    racing("compressed", compress(wide(), problem, { rank }), problem),
  ];
  for (let step = 0; step <= steps; step++) {
    for (const racer of racers) {
      const start = performance.now();
      racer.run.next();
      racer.milliseconds += performance.now() - start;
      if (step % pause !== 0) continue;
      const product = productOf(racer.model);
      const filled = product.data.map((value) => Math.min(1, Math.max(0, value + mean)));
      let [squares, count] = [0, 0];
      for (let place = 0; place < filled.length; place++) {
        if (shown[place] === 1) continue;
        squares += (filled[place] - data[place]) ** 2;
        count++;
      }
      const frame: Frame = {
        racer: racer.name,
        step,
        milliseconds: racer.milliseconds,
        error: count > 0 ? Math.sqrt(squares / count) : 0,
        parameters: racer.model.parameterCount,
        picture: Float64Array.from(filled),
      };
      report(frame, true);
    }
  }
  return steps;
}

function racing(name: Racer, model: DeepLinearNetwork, problem: Problem) {
  const run = train(model, problem, { steps, optimizer: adam({ learningRate: 0.01 }) });
  return { name, model, run, milliseconds: 0 };
}

function productOf(model: DeepLinearNetwork): Matrix {
  return model.factors().reduce((product, factor) => matmul(factor, product));
}

const functions = { hide, race };
export type Filler = typeof functions;
serve(functions);
