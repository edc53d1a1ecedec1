// What a fit on threads and its workers say to each other: one answer a message.
import type { CompletionTable, FittedRows } from "../completion/assemble.js";
import type { IndexedEntries } from "../completion/entries.js";
import type { ModelState } from "../completion/model-state.js";
import type { Observations } from "../completion/observations.js";
import type { ReadOptions } from "../completion/options.js";
import type { CompletionProgress } from "../completion/progress.js";
import type { RecommendOptions, RowRecommendations } from "../completion/recommend.js";
import type { PreparedRanking, RankingProgress } from "../ranking/fit.js";
import type { Interactions } from "../ranking/interactions.js";
import type { Scored } from "../ranking/matrix-ranking.js";
import type { RankingOptions } from "../ranking/options.js";
import type { RankingState } from "../ranking/ranking-state.js";
import type { RankingRecommendOptions } from "../ranking/recommend-options.js";
import type { FloatArray } from "../wasm/index.js";
import type { BlockWork } from "./block-parts.js";
import type { Failure } from "./failure.js";

/** What is to be fitted, as it was given. */
export type Task =
  | {
      readonly kind: "completion";
      readonly name: string;
      readonly observations?: Observations;
      /** Instead of them, where they are numbered. */
      readonly entries?: IndexedEntries;
      readonly options: ReadOptions;
    }
  | {
      readonly kind: "ranking";
      readonly name: string;
      readonly interactions: Interactions;
      readonly options: RankingOptions;
    };

/** The arrays of a sparse matrix. */
export interface MatrixArrays {
  readonly cols: number;
  readonly rowStart: Int32Array<ArrayBuffer>;
  readonly colIndices: Int32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** What the other threads need of what the first has prepared: no ids. */
export interface Prepared {
  readonly completion?: Pick<CompletionTable, "settings">;
  readonly ranking?: Pick<PreparedRanking, "settings" | "free" | "latest">;
  readonly matrix: MatrixArrays;
  /** Threads that have a shard. */
  readonly threads: number;
}

export type Progress = CompletionProgress | RankingProgress;

export interface Request {
  /** To the first thread: what to prepare, and what `init` was given on the calling thread. */
  prepare?: { kernels: (WebAssembly.Module | BufferSource)[]; task: Task; threads: number };
  /** To all threads: which shard of what to begin with, and where they share memory. */
  start?: {
    kernels: (WebAssembly.Module | BufferSource)[];
    prepared: Prepared | undefined;
    thread: number;
    sums: SharedArrayBuffer | undefined;
  };
  /** To go on, for so many turns; with the sums that were asked for. */
  advance?: { turns: number; sums: Int32Array | Float64Array | undefined };
  /** To the first thread: the rows of the others. */
  assemble?: readonly FittedRows[];
  /** To all threads: the model that recommends, as a file, and how. */
  serve?: {
    kernels: (WebAssembly.Module | BufferSource)[];
    kind: Task["kind"];
    bytes: Uint8Array;
    n: number;
    options: RecommendOptions | RankingRecommendOptions;
  };
  /** To make the lists of these rows. */
  rows?: readonly string[];
  /** To all threads: what is made of blocks of rows. */
  blocks?: { kernels: (WebAssembly.Module | BufferSource)[]; name: string; work: BlockWork };
  /** One of them. */
  block?: { rows: number; cols: number; data: FloatArray; firstRow: number };
}

/** How far a shard has come. */
export interface Advance {
  /** The turns taken, of the first thread. */
  turns?: Progress[];
  /** To be added up over all threads, where they share no memory. */
  numbers?: Int32Array | Float64Array;
  done?: boolean;
  rows?: FittedRows;
}

export interface Answer extends Advance {
  /** What the team itself reports. */
  error?: string;
  failure?: Failure;
  prepared?: Prepared;
  lists?: RowRecommendations<Scored>[];
  /** What was made of a block. */
  part?: unknown;
  model?: { completion: ModelState } | { ranking: RankingState };
}
