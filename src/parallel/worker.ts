// The program of a worker of a fit on threads: one shard of it. The first worker prepares the data and
// puts the model together as well.
import { index } from "../completion/entries.js";
import { settled } from "../completion/fit.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { Observations } from "../completion/observations.js";
import type { RecommendOptions, RowRecommendations } from "../completion/recommend.js";
import { Matrix } from "../linalg/matrix.js";
import { SparseRows } from "../linalg/sparse-rows.js";
import { prepareRanking } from "../ranking/fit.js";
import { MatrixRanking, type Scored } from "../ranking/matrix-ranking.js";
import type { RankingRecommendOptions } from "../ranking/recommend-options.js";
import { answerMessages, init } from "../wasm/index.js";
import { partsOf } from "./block-parts.js";
import { failureOf } from "./failure.js";
import type { Answer, MatrixArrays, Prepared, Request, Task } from "./protocol.js";
import { blocksOf, type Data, matrixOf, ShardRun } from "./shard-run.js";
import { SharedSums } from "./shared-sums.js";

let data: Data;
let sums: SharedSums | undefined;
let run: ShardRun;

/** The lists of some rows, by the model that this thread serves. */
let lists: (rows: readonly string[]) => RowRecommendations<Scored>[];

let partOf: ReturnType<typeof partsOf>;

function receive(request: Request): Answer {
  try {
    if (request.prepare) return { prepared: prepareFirst(request.prepare) };
    if (request.start) begin(request.start);
    if (request.advance) return run.advance(request.advance);
    if (request.serve) lists = listsOf(request.serve);
    if (request.rows) return { lists: lists(request.rows) };
    if (request.blocks) {
      const { kernels, name, work } = request.blocks;
      for (const one of kernels) init(one);
      partOf = partsOf(name, work);
    }
    if (request.block) {
      const { rows, cols, data, firstRow } = request.block;
      return { part: partOf(new Matrix(rows, cols, data), firstRow) };
    }
    if (request.assemble) return { model: run.assemble(request.assemble) };
    return {};
  } catch (error) {
    sums?.fail();
    return { failure: failureOf(error) };
  }
}

function prepareFirst({ kernels, task, threads }: NonNullable<Request["prepare"]>): Prepared {
  for (const one of kernels) init(one);
  data = dataOf(task);
  const matrix = matrixOf(data);
  const blocks = blocksOf(data, threads);
  const shared = { matrix: shareable(matrix), threads: blocks.length };
  if ("completion" in data) {
    return { ...shared, completion: { settings: data.completion.settings } };
  }
  const { settings, free, latest } = data.ranking;
  return { ...shared, ranking: { settings, free, latest } };
}

function dataOf(task: Task): Data {
  const { name } = task;
  if (task.kind === "ranking") {
    return { ranking: prepareRanking(name, task.interactions, task.options) };
  }
  const entries = task.entries ?? index(name, task.observations as Observations);
  return { completion: settled(name, entries, task.options) };
}

/** The arrays, in shared memory where there is any: so they are not copied once for each thread. */
function shareable({ cols, rowStart, colIndices, values }: SparseRows): MatrixArrays {
  return {
    cols,
    rowStart: shared(rowStart),
    colIndices: shared(colIndices),
    values: shared(values as MatrixArrays["values"]),
  };
}

function shared<Numbers extends Int32Array | Float32Array | Float64Array>(array: Numbers): Numbers {
  if (typeof SharedArrayBuffer === "undefined") return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => Numbers;
  const copy = new Kind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}

function begin({ kernels, prepared, thread, sums: memory }: NonNullable<Request["start"]>): void {
  if (prepared === undefined) return;
  if (thread > 0) {
    for (const one of kernels) init(one);
    data = dataFrom(prepared);
  }
  sums = memory && new SharedSums(memory, thread, prepared.threads);
  run = new ShardRun(data, thread, prepared.threads, sums);
}

function dataFrom({ matrix: arrays, completion, ranking }: Prepared): Data {
  const { cols, rowStart, colIndices, values } = arrays;
  const matrix = SparseRows.fromSorted(cols, rowStart, colIndices, values);
  const ids = { rowIds: [], colIds: [], duplicates: 0 };
  if (completion) return { completion: { ...completion, ...ids, matrix } };
  return { ranking: { ...(ranking as NonNullable<typeof ranking>), indexed: { ...ids, matrix } } };
}

function listsOf({
  kernels,
  kind,
  bytes,
  n,
  options,
}: NonNullable<Request["serve"]>): typeof lists {
  for (const one of kernels) init(one);
  if (kind === "ranking") {
    const model = MatrixRanking.load(bytes);
    return (rows) => [...model.recommendAll(n, { ...(options as RankingRecommendOptions), rows })];
  }
  const model = MatrixCompletion.load(bytes);
  return (rows) => [...model.recommendAll(n, { ...(options as RecommendOptions), rows })];
}

answerMessages(receive);
