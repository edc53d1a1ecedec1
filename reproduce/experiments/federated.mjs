// Question: how many channel uses does training over the air take, by what is sent?
import { gaussianChannel, PolarAirServer, PolarAirWorker } from "../../dist/federated/index.js";
import { Matrix, matmul, svd } from "../../dist/index.js";
import { accuracy, createMlp, forward, gradients } from "../harness/mlp.mjs";
import { finding, format } from "../harness/report.mjs";

const dtype = "f32";
const sizes = [64, 48, 10];
const workers = 4;
const batch = 128;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
const layers = [
  { inputs: 64, outputs: 48, relu: true },
  { inputs: 48, outputs: 10, last: true },
];

/** Sizes of the cores, layer by layer: 1,124 numbers in place of 3,610. */
const coreRanks = [32, 10];

/** Entries that a worker sends, and how its code spreads them: 40 x 32 uses for a full gradient. */
const schemes = {
  network: { sparsity: 20, spreading: 40, candidates: 60 },
  adapter: { sparsity: 20, spreading: 16, candidates: 60 },
};

export default {
  name: "federated",
  title: "Training over the air: channel uses to one accuracy",
  source: "Gkagkos et al. 2023 (PolarAir); the comparison with cores is ours",
  run(lab) {
    const rounds = lab.quick ? 40 : 600;
    const marks = lab.quick ? [0.3] : [0.5, 0.6, 0.7];
    const tasks = {
      network: () => networkTask(lab.seed),
      adapter: () => adapterTask(lab.seed, lab.quick),
    };
    const rows = Object.entries(tasks).flatMap(([task, make]) => {
      let made;
      const get = () => {
        made ??= make();
        return made;
      };
      return Object.keys(ways).map((way) => {
        const curve = lab.part(`${task}-${way}`, () => {
          lab.show(`${task}, ${way}`, 0, rounds);
          return train(get(), task, way, lab.seed, rounds);
        });
        return { task, way, ...curve };
      });
    });
    const perRound = ({ points: [first, second] }) => (second.uses - first.uses) / 2;
    const usesTo = ({ points }, mark) => points.find((p) => p.accuracy >= mark)?.uses;
    const shown = (uses) => (uses === undefined ? "not reached" : format(uses));
    const find = (task, way) => rows.find((row) => row.task === task && row.way === way);
    const [ours, sparse] = ["PolarAir", "top-K as it is"].map((way) => find("network", way));
    const [mark] = marks.slice(-2);
    const share = usesTo(ours, mark) / usesTo(sparse, mark);
    return {
      setting:
        `${workers} workers with a quarter of 8,000 examples each, labelled by a random network ` +
        `64-16-10; ${sizes.join("-")} with ReLU, batches of ${batch}, Adam; power 1000 over noise 1. ` +
        "Network: from a random start. Adapter: LoRA of rank 4 on the trained network, for another " +
        `teacher. Cores: ${coreRanks.map((q) => `${q} x ${q}`).join(" and ")} between the leading singular ` +
        "vectors of the first gradient, whose dense round counts. " +
        `Test accuracy on 1,000 examples every 2 rounds, at most ${rounds} rounds.`,
      tables: {
        "": rows.flatMap(({ task, way, points }) => points.map((p) => ({ task, way, ...p }))),
        uses: rows.map((row) => ({
          ...{ task: row.task, way: row.way, perRound: perRound(row) },
          ...Object.fromEntries(marks.map((mark) => [`to ${mark}`, shown(usesTo(row, mark))])),
        })),
      },
      figures: Object.fromEntries(
        Object.keys(tasks).map((task) => [
          task,
          {
            title: `Test accuracy over channel uses: ${task}`,
            x: { label: "channel uses" },
            y: { label: "accuracy" },
            series: rows
              .filter((row) => row.task === task)
              .map(({ way, points }) => ({
                name: way,
                points: points.map(({ uses, accuracy: value }) => [uses, value]),
              })),
          },
        ]),
      ),
      findings: [
        finding({
          quantity: `channel uses to ${mark}, PolarAir over the same sparse gradient as it is`,
          theirs: "~0.7",
          ours: format(share),
          ...(lab.quick ? {} : { holds: share <= 0.7, asked: "at most 0.7" }),
        }),
        ...Object.keys(tasks).map((task) =>
          finding({
            quantity: `${task}: channel uses to ${marks.join(" and ")}`,
            ours: Object.keys(ways)
              .map((way) => {
                const row = find(task, way);
                return `${way} ${marks.map((mark) => shown(usesTo(row, mark))).join(", ")}`;
              })
              .join("; "),
          }),
        ),
      ],
    };
  },
};

/** What is trained, and how its gradient is sent. */
const ways = {
  "dense gradient": { form: "full", send: dense },
  "top-K as it is": { form: "full", send: sparse },
  PolarAir: { form: "full", send: polarAir },
  "core's gradient": { form: "core", send: dense },
};

/** Rounds of training: points with accuracy and channel uses. */
function train(task, name, way, seed, rounds) {
  const { form, send } = ways[way];
  const { parameters, usesBefore } = task.forms[form](seed);
  const { exchange, uses } = send(parameters.values.length, schemes[name], seed);
  const step = adamStep(parameters.values, parameters.rate);
  const points = [];
  for (let round = 1; round <= rounds; round++) {
    const network = parameters.network();
    const ofWorkers = Array.from({ length: workers }, (_, w) => {
      const { X, labels } = batchOf(task.training, w, round);
      return parameters.gradient(gradients(network, X, labels));
    });
    step(exchange(ofWorkers));
    if (round % 2 === 0) {
      const value = accuracy(parameters.network(), task.test);
      points.push({ round, uses: usesBefore + uses(), accuracy: value });
    }
  }
  return { points };
}

/** Adam on a flat array, in place. */
function adamStep(values, rate) {
  const first = new Float64Array(values.length);
  const second = new Float64Array(values.length);
  let steps = 0;
  return (gradient) => {
    steps++;
    const correction = Math.sqrt(1 - beta2 ** steps) / (1 - beta1 ** steps);
    for (let i = 0; i < values.length; i++) {
      first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
      second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] ** 2;
      values[i] -= (rate * correction * first[i]) / (Math.sqrt(second[i]) + epsilon);
    }
  };
}

const air = (seed) => gaussianChannel({ power: 1000, seed });

function dense(count, _, seed) {
  const channel = air(seed);
  const exchange = (list) => channel.transmit(list.map((g) => new Matrix(1, count, g))).data;
  return { exchange, uses: () => channel.uses };
}

function sparse(count, { sparsity }, seed) {
  const channel = air(seed);
  const left = Array.from({ length: workers }, () => new Float64Array(count));
  const exchange = (list) =>
    channel.transmit(
      list.map((gradient, w) => {
        const sums = left[w].map((value, i) => value + gradient[i]);
        const order = [...sums.keys()].sort((i, j) => Math.abs(sums[j]) - Math.abs(sums[i]));
        const sent = new Float64Array(count);
        for (const i of order.slice(0, sparsity)) {
          sent[i] = sums[i];
          sums[i] = 0;
        }
        left[w] = sums;
        return new Matrix(1, count, sent);
      }),
    ).data;
  return { exchange, uses: () => channel.uses };
}

function polarAir(count, { sparsity, spreading, candidates }, seed) {
  const channel = air(seed);
  const scheme = { dimension: count, sparsity, spreading, seed };
  const ends = Array.from({ length: workers }, () => new PolarAirWorker(scheme));
  const server = new PolarAirServer({ ...scheme, candidates });
  const exchange = (list) =>
    server.decode(channel.transmit(list.map((g, w) => ends[w].encode(g)))).gradient;
  return { exchange, uses: () => channel.uses };
}

/** The network itself from a random start, or cores in the directions of its first gradient. */
function networkTask(seed) {
  const data = labelled(createMlp(teacherLayers, seed + 100), seed);
  const start = () => createMlp(layers, seed);
  return {
    ...data,
    forms: {
      full: () => ({ parameters: fullParameters(start()), usesBefore: 0 }),
      core: () => coreForm(start(), data, seed),
    },
  };
}

/** One round of dense gradients, which is paid for, gives the bases of the cores. */
function coreForm(network, { training }, seed) {
  const whole = fullParameters(network);
  const { exchange, uses } = dense(whole.values.length, undefined, seed + 1);
  const ofWorkers = Array.from({ length: workers }, (_, w) => {
    const { X, labels } = batchOf(training, w, 0);
    return whole.gradient(gradients(network, X, labels));
  });
  const parts = split(
    exchange(ofWorkers),
    network.weights.map((W) => W.data),
  );
  const bases = network.weights.map((W, l) => {
    const { U, V } = svd(new Matrix(W.rows, W.cols, parts[l]));
    return [U, V].map((basis) => leading(basis, coreRanks[l]));
  });
  return { parameters: coreParameters(network, bases, 0.01), usesBefore: uses() };
}

/** What a trained network is adapted by: LoRA of rank 4, or cores in the first gradient's directions. */
function adapterTask(seed, quick) {
  const teacher = createMlp(teacherLayers, seed + 100);
  const base = createMlp(layers, seed);
  const parameters = fullParameters(base);
  const step = adamStep(parameters.values, parameters.rate);
  const before = labelled(teacher, seed);
  for (let round = 1; round <= (quick ? 20 : 300); round++) {
    const { X, labels } = batchOf(before.training, round % workers, round);
    step(parameters.gradient(gradients(parameters.network(), X, labels)));
  }
  const trained = parameters.network();
  // The other teacher: its first layer turned a little, by a change of rank 2.
  const [left, right] = [1, 2].map((i) =>
    Matrix.randomNormal(i === 1 ? 16 : 2, i === 1 ? 2 : 64, { seed: seed + 200 + i, dtype }),
  );
  const change = matmul(left, right);
  teacher.weights[0].data.forEach((w, i) => {
    teacher.weights[0].data[i] = w + 0.2 * change.data[i];
  });
  const data = labelled(teacher, seed + 1);
  return {
    ...data,
    forms: {
      full: () => ({ parameters: loraParameters(trained, 4, seed), usesBefore: 0 }),
      core: () => coreForm(trained, data, seed),
    },
  };
}

const teacherLayers = [
  { inputs: 64, outputs: 16, relu: true },
  { inputs: 16, outputs: 10, last: true },
];

/** Normal inputs with the teacher's classes. */
function labelled(teacher, seed) {
  const make = (count, which) => {
    const X = Matrix.randomNormal(count, 64, { seed: 10 * seed + which, dtype });
    const scores = forward(teacher, X).at(-1);
    const labels = Uint8Array.from({ length: count }, (_, i) => {
      const row = scores.row(i);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    });
    return { inputs: X.data, labels, count };
  };
  return { training: make(8000, 1), test: make(1000, 2) };
}

/** The next examples of a worker's quarter. */
function batchOf({ inputs, labels, count }, w, round) {
  const share = count / workers;
  const X = Matrix.zeros(batch, 64, { dtype });
  const chosen = Uint8Array.from({ length: batch }, (_, b) => {
    const i = w * share + ((round * batch + b) % share);
    X.row(b).set(inputs.subarray(64 * i, 64 * i + 64));
    return labels[i];
  });
  return { X, labels: chosen };
}

/** All weights and biases, end to end. */
function fullParameters(network) {
  const arrays = [...network.weights.map((W) => W.data), ...network.biases];
  const values = join(arrays);
  return {
    values,
    rate: 0.01,
    network() {
      const parts = split(values, arrays);
      const weights = network.weights.map((W, l) => new Matrix(W.rows, W.cols, parts[l]));
      return { ...network, weights, biases: parts.slice(weights.length) };
    },
    gradient: ({ ofWeights, ofBiases }) => join([...ofWeights.map((W) => W.data), ...ofBiases]),
  };
}

/** W + U C V' in each layer, C q x q from zero; both ends know U and V. */
function coreParameters(network, bases, rate) {
  const ranks = bases.map(([U]) => U.cols);
  const arrays = ranks.map((q) => new Float32Array(q * q));
  const values = join(arrays);
  return {
    values,
    rate,
    network() {
      const cores = split(values, arrays).map((C, l) => new Matrix(ranks[l], ranks[l], C));
      const changed = network.weights.map((W, l) => {
        const [U, V] = bases[l];
        return added(W, matmul(U, matmul(cores[l], V, { transposeB: true })));
      });
      return { ...network, weights: changed };
    },
    gradient: ({ ofWeights }) =>
      join(
        ofWeights.map((G, l) => {
          const [U, V] = bases[l];
          return matmul(U, matmul(G, V), { transposeA: true }).data;
        }),
      ),
  };
}

/** W + B A in each layer: A random, B zero at the start. */
function loraParameters(network, rank, seed) {
  const pairs = network.weights.map((W, l) => [
    Matrix.zeros(W.rows, rank, { dtype }),
    scaled(Matrix.randomNormal(rank, W.cols, { seed: 1000 * seed + l, dtype }), W.cols ** -0.5),
  ]);
  const arrays = pairs.flat().map((M) => M.data);
  const values = join(arrays);
  const current = () => {
    const parts = split(values, arrays);
    return pairs.map((pair, l) =>
      pair.map((M, side) => new Matrix(M.rows, M.cols, parts[2 * l + side])),
    );
  };
  return {
    values,
    rate: 0.01,
    network() {
      const factors = current();
      const changed = network.weights.map((W, l) => added(W, matmul(...factors[l])));
      return { ...network, weights: changed };
    },
    gradient({ ofWeights }) {
      const factors = current();
      return join(
        ofWeights.flatMap((G, l) => {
          const [B, A] = factors[l];
          return [matmul(G, A, { transposeB: true }).data, matmul(B, G, { transposeA: true }).data];
        }),
      );
    },
  };
}

const leading = (A, count) =>
  Matrix.from(
    A.toArray().map((row) => row.slice(0, count)),
    { dtype },
  );
const scaled = (A, factor) =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((a) => factor * a),
  );
const added = (A, B) =>
  new Matrix(
    A.rows,
    A.cols,
    A.data.map((a, i) => a + B.data[i]),
  );

const join = (arrays) => Float64Array.from(arrays.flatMap((array) => [...array]));

/** Pieces in f32, as long as the arrays. */
function split(values, arrays) {
  let from = 0;
  return arrays.map(({ length }) => {
    const part = Float32Array.from(values.subarray(from, from + length));
    from += length;
    return part;
  });
}
