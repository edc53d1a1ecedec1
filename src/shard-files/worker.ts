// The program of a worker of a fit from a folder of shards: it reads the blocks that it fits, and no others.
import type { FittedShard } from "../completion/assemble.js";
import { fitShard } from "../completion/fit.js";
import { failureOf } from "../parallel/failure.js";
import { Run } from "../parallel/shard-run.js";
import { SharedSums } from "../parallel/shared-sums.js";
import { answerMessages, init } from "../wasm/index.js";
import { ShardFolder } from "./shard-folder.js";
import { advanceOwnRows, type FolderAnswer, type FolderRequest } from "./worker-protocol.js";

let run: Run<FittedShard>;
let sums: SharedSums | undefined;

function receive(request: FolderRequest): FolderAnswer {
  try {
    if (request.start) begin(request.start);
    return request.advance ? advanceOwnRows(run, request.advance) : {};
  } catch (error) {
    sums?.fail();
    return { failure: failureOf(error) };
  }
}

function begin(start: NonNullable<FolderRequest["start"]>): void {
  const { kernels, path, manifest, settings, thread, threads } = start;
  for (const one of kernels) init(one);
  const folder = new ShardFolder(path, manifest);
  const blocks = folder.shares(threads)[thread];
  sums = start.sums && new SharedSums(start.sums, thread, threads);
  run = new Run(
    fitShard(
      (unit, { first, end }) => folder.readBlocks(first, end, unit).matrix,
      settings,
      blocks,
    ),
    thread === 0,
    sums,
  );
}

answerMessages(receive);
