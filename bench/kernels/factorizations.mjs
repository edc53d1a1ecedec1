// Question: how far are the factorizations from LAPACK and from their peers?
import { decaying, dense, symmetric } from "../harness/matrices.mjs";
import { grid, milliseconds, under } from "../harness/tables.mjs";

export const question = "How long do the factorizations take?";

export const chosen = ({ role }) => role !== "threads";

// `operations` are those that no method avoids: the reduction alone, where there is one. They bound
// what a target can ask for on a machine whose arithmetic is slow.
const shapes = [
  { operation: "qr", m: 1000, n: 50, operations: (m, n) => 4 * m * n ** 2 - (4 / 3) * n ** 3 },
  { operation: "qr", m: 512, n: 512, operations: (m, n) => 4 * m * n ** 2 - (4 / 3) * n ** 3 },
  { operation: "svd", m: 200, n: 200, operations: (m, n) => 4 * m * n ** 2 - (4 / 3) * n ** 3 },
  { operation: "svd", m: 500, n: 500, operations: (m, n) => 4 * m * n ** 2 - (4 / 3) * n ** 3 },
  { operation: "svd", m: 2000, n: 100, operations: (m, n) => 4 * m * n ** 2 - (4 / 3) * n ** 3 },
  { operation: "eigh", m: 200, n: 200, operations: (_, n) => (4 / 3) * n ** 3 },
  { operation: "eigh", m: 500, n: 500, operations: (_, n) => (4 / 3) * n ** 3 },
  { operation: "randomizedSvd", m: 1000, n: 1000, operations: (m, n) => 12 * m * n * 30 },
  { operation: "randomizedSvd", m: 4000, n: 500, operations: (m, n) => 12 * m * n * 30 },
];

const labels = { qr: "QR", svd: "SVD", eigh: "eigh", randomizedSvd: "randomized SVD" };
const name = ({ operation, m, n }) =>
  `${labels[operation]} ${operation === "eigh" ? n : `${m} x ${n}`}`;

export function works() {
  return shapes.map((shape) => {
    const { operation, m, n, operations } = shape;
    const work = {
      name: name(shape),
      operation,
      dtype: "f64",
      size: n,
      operations: operations(m, n),
    };
    if (operation === "eigh") return { ...work, inputs: () => ({ A: symmetric(n, "f64", 3) }) };
    if (operation !== "randomizedSvd") {
      return { ...work, inputs: () => ({ A: dense(m, n, "f64", 3) }) };
    }
    const { matrix, bestResidual } = decaying(m, n, "f64", 3);
    const parameters = { rank: 20, oversampling: 10, powerIterations: 2 };
    return {
      ...work,
      parameters: { ...parameters, bestResidual: bestResidual(parameters.rank) },
      inputs: () => ({ A: matrix }),
    };
  });
}

export function tables(measurements) {
  const names = [...new Set(measurements.map(({ work }) => work))];
  const timed = measurements.filter(({ role }) => role !== "ceiling");
  return ["Node 20", "Node 24"].map((runtime) =>
    grid(
      `With vectors, f64, ${runtime}: milliseconds`,
      under(runtime, timed),
      names.map((name) => ({ name, label: name })),
      milliseconds,
    ),
  );
}
