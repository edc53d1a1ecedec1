// Question: does a stream of rows, columns and entries end where retraining does, at what cost?
import {
  completion,
  holdOut,
  Matrix,
  OnlineCompletion,
  scaledGd,
  spectralCompress,
  train,
} from "../../dist/index.js";
import { median } from "../../lab/statistics.mjs";
import { geometric, relativeErrorAt, spectrumTarget, splitEntries } from "../low-rank-data.mjs";

const seeds = 8;

/** Share of the observations at the start, with the model trained on them; the rest arrives. */
const settings = [
  { rows: 300, cols: 200, rank: 4, condition: 3, share: 0.25, noise: 0.3, start: 0.3, batch: 100 },
  { rows: 300, cols: 200, rank: 4, condition: 3, share: 0.25, noise: 0.03, start: 0.3, batch: 100 },
  { rows: 300, cols: 200, rank: 4, condition: 3, share: 0.12, noise: 0.1, start: 0.5, batch: 100 },
  { rows: 300, cols: 200, rank: 4, condition: 3, share: 0.25, noise: 0.1, start: 0, batch: 100 },
  { rows: 300, cols: 200, rank: 4, condition: 3, share: 0.25, noise: 0.1, start: 0.3, batch: 1 },
  { rows: 200, cols: 200, rank: 8, condition: 10, share: 0.4, noise: 0.1, start: 0.3, batch: 100 },
  { rows: 1500, cols: 50, rank: 3, condition: 3, share: 0.3, noise: 0.1, start: 0.2, batch: 100 },
];

export function online() {
  const rows = settings.map((setting) => {
    const all = Array.from({ length: seeds }, (_, seed) => run({ ...setting, seed }));
    const [swept, trained] = ["swept", "trained"].map((peer) =>
      all.map(({ ours, [peer]: theirs }) => ours / theirs),
    );
    const { rows, cols, rank, condition, share, noise, start, batch } = setting;
    console.error(rows, share, noise, start, batch, swept.map((x) => x.toFixed(4)).join(" "));
    return [
      `${rows} x ${cols}, rank ${rank}, condition ${condition}, ${100 * share} %`,
      ...[noise, `${100 * start} %`, batch],
      median(all.map(({ ours }) => ours)).toFixed(4),
      ...[median(swept).toFixed(4), Math.max(...swept).toFixed(4)],
      ...[median(trained).toFixed(4), Math.max(...trained).toFixed(4)],
    ];
  });
  return {
    title: "Streams of rows, columns and noisy entries against retraining on everything",
    columns: [
      ...["target and observed share", "noise / entries (rms)", "known at the start", "at a time"],
      ...["error at the end", "over 100 sweeps from scratch: median", "greatest"],
      ...["over scaledGd with validation: median", "greatest"],
    ],
    rows,
    remarks:
      `Relative errors on the clean unseen entries, ${seeds} seeds. Rows and columns appear one ` +
      "after the other until four fifths of the time, entries all along. The start is trained by " +
      "scaledGd with validation, and nothing where nothing is known; ridge = rank (noise)².",
  };
}

/** Cost of an observation by the length of the history. */
export function onlineCost() {
  const [size, rank, batch] = [3000, 8, 100];
  const target = spectrumTarget(size, size, geometric(rank, 3), 1);
  const { data } = splitEntries(target, 0.15, 2);
  const online = new OnlineCompletion({ rank });
  const rows = [];
  let begin = process.cpuUsage();
  let from = 0;
  for (let p = 0; p < data.values.length; p += batch) {
    online.update(part(data, p, p + batch));
    const done = p + batch;
    if (![1e4, 2e4, 1e5, 2e5, 1e6, 1.3e6].includes(done)) continue;
    const { user, system } = process.cpuUsage(begin);
    const each = ((user + system) / (done - from)).toFixed(1);
    rows.push([from.toLocaleString("en-US"), done.toLocaleString("en-US"), each]);
    begin = process.cpuUsage();
    from = done;
  }
  return {
    title: `Cost of an observation: ${size} x ${size}, rank ${rank}, ${batch} at a time`,
    columns: ["from observation", "to", "processor time each, µs"],
    rows,
    remarks:
      "Everything included: fits, refreshes, and the looks from scratch whenever the history has grown by half.",
  };
}

function run({ rows, cols, rank, condition, share, noise, start, batch, seed }) {
  const target = spectrumTarget(rows, cols, geometric(rank, condition), 300 + 10 * seed);
  const { data, unseen } = splitEntries(target, share, 40 + seed);
  const count = data.values.length;
  const rms = Math.sqrt(target.data.reduce((sum, x) => sum + x * x, 0) / target.data.length);
  const draw = Matrix.randomNormal(2, count, { seed: 500 + seed }).data;
  const values = data.values.map((value, p) => value + noise * rms * draw[p]);
  const arrival = (p) =>
    Math.max((0.8 * data.rowIndices[p]) / rows, (0.8 * data.colIndices[p]) / cols, uniform(p));
  const uniform = (p) => 0.5 + 0.5 * Math.tanh(0.8 * draw[count + p]);
  const order = Array.from({ length: count }, (_, p) => p).sort((p, q) => arrival(p) - arrival(q));
  const arranged = {
    ...{ rows, cols, values: order.map((p) => values[p]) },
    rowIndices: order.map((p) => data.rowIndices[p]),
    colIndices: order.map((p) => data.colIndices[p]),
  };
  const options = { rank, ridge: rank * noise ** 2 };
  const error = (model) => relativeErrorAt(model, target, unseen);

  const known = Math.floor(start * count);
  const beginning = shrink(part(arranged, 0, known));
  const online =
    known === 0
      ? new OnlineCompletion(options)
      : OnlineCompletion.from(trained(beginning, rank, seed), beginning, options);
  for (let p = known; p < count; p += batch) online.update(part(arranged, p, p + batch));

  const again = new OnlineCompletion(options);
  again.update(part(arranged, 0, count));
  again.sweep(100);
  return {
    ours: error(whole(online, target)),
    swept: error(whole(again, target)),
    trained: error(trained(arranged, rank, seed).product()),
  };
}

function part({ rowIndices, colIndices, values }, from, to) {
  return {
    rowIndices: rowIndices.slice(from, to),
    colIndices: colIndices.slice(from, to),
    values: values.slice(from, to),
  };
}

/** With the shape that the observations so far have. */
function shrink(data) {
  const most = (indices) => indices.reduce((a, b) => Math.max(a, b), -1) + 1;
  return { rows: most(data.rowIndices), cols: most(data.colIndices), ...data };
}

function trained(data, rank, seed) {
  const { training, validation } = holdOut(data, { seed });
  const problem = completion(training);
  const model = spectralCompress(problem, { rank, width: rank });
  const options = { steps: 1000, optimizer: scaledGd(), validation: completion(validation) };
  for (const _ of train(model, problem, options));
  return model;
}

function whole(online, { rows, cols }) {
  const result = Matrix.zeros(rows, cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) result.set(i, j, online.at(i, j));
  }
  return result;
}
