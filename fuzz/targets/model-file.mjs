// The model file: fixed fields, texts and arrays, little endian, with a checksum that anybody can make.
import { core } from "../../build/fuzz/sources.mjs";
import { encodeModelFile, sealModelFile, specimenIds } from "../model-bytes.mjs";

const { MatrixCompletion } = core;

export default {
  name: "model-file",

  specimen(random) {
    const rowIds = specimenIds(random, "u", random.between(1, 4));
    const colIds = specimenIds(random, "i", random.between(1, 4));
    const [rows, cols] = [rowIds.length, colIds.length];
    const factorized = random.chance(0.7);
    const rank = random.between(1, Math.min(rows, cols));
    const width = factorized ? rank : 0;
    const implicit = factorized && random.chance(0.5);
    const clip = random.chance(0.5);
    const numbers = (length) => Float32Array.from({ length }, () => random.number());
    const pattern = Array.from({ length: rows }, () =>
      colIds.map((_, i) => i).filter(() => random.chance(0.5)),
    );
    const rowStart = Int32Array.from(
      { length: rows + 1 },
      (_, u) => pattern.slice(0, u).flat().length,
    );
    const [mean, scale] = [3 + random.number(), 1 + random.below(4)];
    const [low, high] = clip ? [mean - 1, mean + 1.5] : [-Infinity, Infinity];
    const [rowBias, baselineRowBias] = [numbers(rows), numbers(rows)];
    const [colBias, baselineColBias] = [numbers(cols), numbers(cols)];
    const [X, H] = [numbers(rows * width), numbers(cols * width)];
    const history = random.list(0, 2, (i) => [
      "refit",
      i + 1,
      2,
      0.5,
      random.chance(0.5) ? 0.25 : Number.NaN,
    ]);
    const head = random.chance(0.6) ? headFields(random, pattern.flat().length, rows, cols) : [];
    const tree = {
      magic: "LOWRANKM",
      version: head.length > 0 ? 2 : 1,
      length: undefined,
      fields: [
        ["u32", (implicit ? 5 : 0) + (clip ? 2 : 0) + (factorized ? 8 : 0)],
        ["u32", rank],
        ["u32", random.below(4)],
        ...[random.below(1000), 150, 1, 0.1].map((value) => ["f64", value]),
        ["u32", random.below(3)],
        ...[random.below(3), 300, 40, mean, scale, low, high, 0.5, factorized ? 0.25 : 0].map(
          (value) => ["f64", value],
        ),
        ["texts", rowIds.length, rowIds.map((id) => [id.length, id])],
        ["texts", colIds.length, colIds.map((id) => [id.length, id])],
        ["array", rowStart],
        ["array", Int32Array.from(pattern.flat())],
        ...[rowBias, baselineRowBias, colBias, baselineColBias, X, H].map((array) => [
          "array",
          array,
        ]),
        ["array", numbers(implicit ? cols * width : 0)],
        ["u32", history.length],
        ...history.flatMap(([, ...values]) => [
          ["u32", 2],
          ...values.map((value) => ["f64", value]),
        ]),
        ...head,
      ],
    };
    const all = Float64Array.from({ length: rows * cols }, (_, p) => {
      const [u, i] = [Math.floor(p / cols), p % cols];
      let product = 0;
      for (let c = 0; c < width; c++) product += X[u * width + c] * H[i * width + c];
      const value = mean + scale * (rowBias[u] + colBias[i] + product);
      return Math.min(high, Math.max(low, value));
    });
    return {
      tree,
      value: { rowIds: [...rowIds], colIds: [...colIds], all, saved: encodeModelFile(tree) },
    };
  },

  encode: encodeModelFile,
  seal: sealModelFile,

  read(bytes) {
    const model = MatrixCompletion.load(bytes);
    const { rowIds, colIds } = model;
    const rows = rowIds.slice(0, 5);
    const predicted = rows.flatMap((row) =>
      colIds.slice(0, 5).map((col) => model.predict(row, col)),
    );
    const recommended = rows.flatMap((row) =>
      [model.recommendsBy, "rating"].map((by) =>
        model.recommend(row, 3, { excludeRated: false, by }),
      ),
    );
    const unknown = model.predictEach({
      rowIds: ["?", rowIds[0], "?"],
      colIds: ["?", "?", colIds[0]],
    });
    const columns = colIds.slice(0, 3);
    const folded = orRefused(() =>
      model.foldIn({ colIds: columns, values: columns.map((_, i) => i + 1) }),
    );
    const placed = folded ? colIds.slice(0, 5).map((col) => model.predict(folded, col)) : [];
    const first = folded ? model.recommend(folded, 3, { excludeRated: false }) : [];
    finite({
      predicted,
      first,
      recommended,
      unknown,
      placed,
      spectrum: orRefused(() => model.singularValues()),
    });
    const all = new Float64Array(model.rows * model.cols);
    if (model.rows * model.cols < 1e4) all.set(model.predictAll().data);
    return { rowIds: [...rowIds], colIds: [...colIds], all, saved: model.save() };
  },
};

/** The ranking head of a file of version 2: what was measured, and the head, each there or not. */
function headFields(random, entries, rows, cols) {
  const [measured, present] = [random.chance(0.7), random.chance(0.7)];
  const rank = random.between(0, Math.min(rows, cols) - 1);
  const shares = random.pick([[1], [0.25, 1], [0.1, 0.5, 1]]);
  const levels = Float64Array.from(shares, (_, g) => g + random.number() / 4);
  const numbers = Uint8Array.from({ length: entries }, () => random.below(shares.length));
  const factors = Float32Array.from({ length: cols * rank }, () => random.number());
  return [
    ["u32", (measured ? 1 : 0) + (present ? 2 : 0)],
    ...(measured ? [0.5, 0.25, 0.125].map((value) => ["f64", value]) : []),
    ...(measured ? [["u32", random.between(2, 9)]] : []),
    ...(present
      ? [
          ["u32", shares.length],
          ["array", levels],
          ["array", Float32Array.from(shares)],
          ["array", numbers],
          ["u32", rank],
          ["f64", random.pick([0.01, 1])],
          ["f64", random.pick([0.01, 0.5])],
          ["array", factors],
        ]
      : []),
  ];
}

/** What is too large to be placed is refused by name, as an argument would be. */
function orRefused(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError && /^(foldIn|singularValues|svd|qr): /.test(error.message))
      return undefined;
    throw error;
  }
}

function finite(values) {
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.from(value ?? []).flat()) {
      const number = typeof one === "object" ? one.score : one;
      if (!Number.isFinite(number)) throw new Error(`${name} holds ${number}`);
    }
  }
}
