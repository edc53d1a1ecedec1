import { join } from "node:path";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import { decodeModel } from "../completion/model-file.js";
import { writeFolder } from "../files/adapter-folder.js";
import { encodeNpy, type NpyArray } from "../formats/npy.js";
import type { Matrix } from "../linalg/matrix.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import { print } from "./format.js";
import { readModelFile } from "./load-model.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";

/** Names of the files, with what is in them. */
type Files = Record<string, NpyArray | object>;

/** Every file that one kind of model or the other is written to. */
const fileNames = [
  ...["model.json", "row-ids.json", "col-ids.json", "row-factors.npy", "col-factors.npy"],
  ...["row-biases.npy", "col-biases.npy"],
];

/** `lowrank export MODEL --out DIR [--json]` */
export function addExport(program: Command): void {
  program
    .command("export")
    .description("write a model's factors as .npy files, with the ids, for other programs")
    .argument("<model>", "file written by lowrank train --out")
    .requiredOption("--out <dir>", `folder to write ${fileNames.join(", ")} to`)
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  lowrank export shop.model --out factors\n")
    .action(run);
}

function run(file: string, { out, json }: { out: string; json?: boolean }): void {
  checkFolderOutput("--out", out, fileNames, { MODEL: file });
  const { bytes, model } = readModelFile(file);
  const contents =
    model instanceof MatrixCompletion ? ofRatings(bytes) : ofRanking(model as MatrixRanking);
  const { rowIds, colIds } = model;
  const all: Files = { ...contents, "row-ids.json": rowIds, "col-ids.json": colIds };
  writeFolder(
    out,
    new Map(Object.entries(all).map(([name, content]) => [name, encode(name, content)])),
  );
  const files = Object.keys(all).map((name) => join(out, name));
  if (json) console.log(JSON.stringify({ files }));
  else for (const path of files) print(`wrote ${path}`);
}

function encode(name: string, content: NpyArray | object): Uint8Array {
  if (name.endsWith(".npy")) return encodeNpy(content as NpyArray);
  return new TextEncoder().encode(`${JSON.stringify(content)}\n`);
}

function ofRanking(model: MatrixRanking): Files {
  const { rows, cols } = model.factors();
  const { rank, settings } = model;
  return {
    "model.json": { kind: "ranking", score: "row . column", rank, settings },
    "row-factors.npy": matrix(rows),
    "col-factors.npy": matrix(cols),
  };
}

function ofRatings(bytes: Uint8Array): Files {
  const state = decodeModel(bytes);
  const { settings, mean, scale, rowIds, colIds, rowFactors, colFactors, rowBias, colBias } = state;
  const rank = rowFactors.length / rowIds.length;
  const limit = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    "model.json": {
      kind: "ratings",
      rating: "mean + scale (row bias + column bias + row . column), in low .. high",
      ...{ mean, scale, low: limit(state.low), high: limit(state.high), rank, settings },
    },
    "row-factors.npy": { shape: [rowIds.length, rank], data: plain(rowFactors) },
    "col-factors.npy": { shape: [colIds.length, rank], data: plain(colFactors) },
    "row-biases.npy": { shape: [rowIds.length], data: plain(rowBias) },
    "col-biases.npy": { shape: [colIds.length], data: plain(colBias) },
  };
}

const plain = (data: Float32Array) => data as NpyArray["data"];
const matrix = ({ rows, cols, data }: Matrix) => ({
  shape: [rows, cols],
  data: data as NpyArray["data"],
});
