// The ranking model's file: fixed fields, texts and arrays, little endian, with a checksum that anybody
// can make.
import { core } from "../../build/fuzz/sources.mjs";
import { encodeModelFile, sealModelFile, specimenIds } from "../model-bytes.mjs";

const { MatrixRanking } = core;

export default {
  name: "ranking-file",

  specimen(random) {
    const colIds = specimenIds(random, "i", random.between(1, 5));
    const histories = random.chance(0.7);
    const rowIds = histories ? specimenIds(random, "u", random.between(1, 5)) : [];
    const [rows, cols] = [rowIds.length, colIds.length];
    const rank = random.between(0, Math.max(Math.min(rows, cols) - 1, 0));
    const rankSetting = rank + random.below(3);
    const pattern = rowIds.map(() => colIds.map((_, i) => i).filter(() => random.chance(0.5)));
    const rowStart = Int32Array.from(
      { length: rows + 1 },
      (_, u) => pattern.slice(0, u).flat().length,
    );
    const colIndices = Int32Array.from(pattern.flat());
    const weighted = histories && random.chance(0.5);
    const validated = random.chance(0.5);
    const share = () => random.below(1000) / 1000;
    const popularity = Int32Array.from(
      colIds,
      (_, col) => colIndices.filter((index) => index === col).length,
    );
    const numbers = (length) => Float32Array.from({ length }, () => random.number());
    const floats = (values) => values.map((value) => ["f64", value]);
    // Of version 2: the age of weights, columns without interactions, a map of features.
    const newer = random.chance(0.4);
    const cold = Int32Array.from(colIds.keys()).filter(() => random.chance(0.3));
    const lines = newer && rank > 0 && random.chance(0.5) ? random.between(1, 4) : 0;
    // Of version 3: what features said of columns that were met since.
    const described = Int32Array.from(colIds.keys()).filter((col) => !cold.includes(col));
    const newest = newer && described.length > 0 && random.chance(0.5);
    const tree = {
      magic: "LOWRANKR",
      version: newest ? 3 : newer ? 2 : 1,
      length: undefined,
      fields: [
        ["u32", (weighted ? 1 : 0) + (validated ? 2 : 0)],
        ["u32", rankSetting],
        ...floats([8, 0.35, random.below(1000), 0.1]),
        ["u32", random.below(2)],
        ["u32", rank],
        ["u32", histories ? rows : random.between(1, 9)],
        ...floats([share() + 0.001, share() + 0.001, 2 ** random.below(4), random.below(5)]),
        ...(validated ? floats([share(), share(), share(), share(), random.between(1, 9)]) : []),
        ["texts", rows, rowIds.map((id) => [id.length, id])],
        ["texts", cols, colIds.map((id) => [id.length, id])],
        ["array", rowStart],
        ["array", colIndices],
        ...(weighted ? [["array", numbers(colIndices.length)]] : []),
        ["array", popularity],
        ["array", numbers(cols * rank)],
        ...(newer ? floats([random.between(1, 99), random.below(1000)]) : []),
        ...(newer
          ? [
              ["u32", cold.length],
              ["array", cold],
              ["u32", lines],
            ]
          : []),
        ...(lines > 0 ? [["array", numbers(lines * rank)]] : []),
        ...(newest
          ? [
              ["u32", described.length],
              ["array", described],
              ["array", numbers(described.length * rank)],
            ]
          : []),
      ],
    };
    return {
      tree,
      value: { rowIds: [...rowIds], colIds: [...colIds], rank, saved: encodeModelFile(tree) },
    };
  },

  encode: encodeModelFile,
  seal: sealModelFile,

  read(bytes) {
    const model = MatrixRanking.load(bytes);
    const { rowIds, colIds, rank, validation } = model;
    const some = colIds.slice(0, 5);
    const folded = orRefused(() => model.foldIn(some.slice(0, 3)));
    const rows = [...rowIds.slice(0, 5), ...(folded ? [folded] : [])];
    const shown = orRefused(() => ({
      recommended: rows.flatMap((row) => model.recommend(row, 3)),
      scores: rows.flatMap((row) => some.map((col) => ({ score: model.score(row, col) }))),
      parts: rows.flatMap((row) => model.explain(row, colIds[0]).parts),
      similar: rank > 0 ? model.similarItems(colIds[0], 3) : [],
    }));
    for (const [name, list] of Object.entries(shown ?? {})) {
      const wrong = list.find(({ score }) => !Number.isFinite(score));
      if (wrong) throw new Error(`${name} holds ${wrong.score}`);
    }
    const measures = Object.values(validation ?? {}).flatMap((one) => Object.values(Object(one)));
    if (!measures.every(Number.isFinite)) throw new Error("a measure is not finite");
    return { rowIds: [...rowIds], colIds: [...colIds], rank, saved: model.save() };
  },
};

/** What is too large to be solved for is refused by name, as an argument would be. */
function orRefused(call) {
  try {
    return call();
  } catch (error) {
    if (error instanceof RangeError && /^(recommend|score|explain|foldIn): /.test(error.message)) {
      return undefined;
    }
    throw error;
  }
}
