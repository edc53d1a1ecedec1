import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import type { Matrix } from "../linalg/matrix.js";
import type { Adapter } from "./adapter.js";
import { defaultBatchSize } from "./check.js";
import { type ReplicaOptions, Replicas, readThreads } from "./replicas.js";
import { readPredict } from "./score-texts.js";
import { type GivenTexts, readTexts } from "./text-input.js";
import { checkModel, type EmbedOptions, type TextModel } from "./text-model.js";
import { TextReader } from "./text-reader.js";

export interface ParallelEncoderOptions extends ReplicaOptions {
  /** On the model, as `useAdapter` puts it there. @defaultValue none */
  adapter?: Adapter;
  /** Texts that are judged are cut at so many tokens. @defaultValue 128 */
  maxTokens?: number;
}

const names: OptionNames<ParallelEncoderOptions> = {
  ...{ threads: true, workerUrl: true, adapter: true, maxTokens: true },
};

/**
 * An encoder on several threads, for many texts: `embed` and `predict` share them out. The rows are
 * those of one thread, bit by bit. Needs no shared memory, so it works in Node, Deno, Bun and any page;
 * every thread holds the model once. Deno must be allowed to read the file of the workers' program
 * (`--allow-read`).
 *
 * @example
 * ```js
 * const encoder = await ParallelEncoder.create(model, { threads: 2 });
 * const vectors = await encoder.embed(["a text", "another one"]);
 * await encoder.terminate();
 * ```
 */
export class ParallelEncoder {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "ParallelEncoder";
  }

  readonly #own: TextReader;
  readonly #replicas: Replicas;

  private constructor(own: TextReader, replicas: Replicas) {
    this.#own = own;
    this.#replicas = replicas;
  }

  /**
   * Starts the workers: each loads the model once more.
   *
   * @param model - as `loadEncoder` gave it. It is then with the adapter of the options, or without any.
   * @throws RangeError when `threads` or `maxTokens` is out of range, or as `useAdapter`; TypeError when
   * `workerUrl` is not a URL, or the model or an option is something else; UnsupportedError in a runtime
   * without workers; Error when one does not start.
   */
  static async create(
    model: TextModel,
    options: ParallelEncoderOptions = {},
  ): Promise<ParallelEncoder> {
    const name = "ParallelEncoder";
    const { adapter, maxTokens = 128, ...rest } = readOptions(name, options, names);
    checkModel(name, model);
    checkInteger(name, "maxTokens", maxTokens, 1);
    const threads = readThreads(name, rest, "embed and predict of lowrank/lora");
    const own = new TextReader(model, maxTokens, adapter);
    const texts = { maxTokens, ...(adapter && { adapter }) };
    return new ParallelEncoder(own, await Replicas.start(name, model, threads, { texts }));
  }

  /** Threads at work, the calling one among them. */
  get threads(): number {
    return this.#replicas.threads;
  }

  /**
   * As `embed` of the model. The calling thread computes its share, so a page had better call it in a
   * worker. Calls of `embed` and `predict` may overlap: each waits for those that were made before.
   *
   * @throws (rejects with) what `embed` throws; Error when a worker failed or was terminated.
   */
  async embed(texts: GivenTexts, options: EmbedOptions = {}): Promise<Matrix> {
    const given = readTexts("embed", "text", texts);
    return this.#replicas.inTurn(() =>
      this.#replicas.rowsOf(
        "embed",
        given,
        (some) => ({ embed: { texts: some, options } }),
        (some) => this.#own.embed(some, options),
      ),
    );
  }

  /**
   * As `predict` of what `useAdapter` returns, or, without an adapter, `useOwnHead`.
   *
   * @throws (rejects with) what these throw; Error when a worker failed or was terminated.
   */
  async predict(texts: GivenTexts, batchSize = defaultBatchSize): Promise<Matrix> {
    const given = readPredict(texts, batchSize);
    return this.#replicas.inTurn(() =>
      this.#replicas.rowsOf(
        "predict",
        given,
        (some) => ({ predict: { texts: some, batchSize } }),
        (some) => this.#own.predict(some, batchSize),
      ),
    );
  }

  /** Stops the workers. */
  async terminate(): Promise<void> {
    await this.#replicas.terminate("it was terminated");
  }
}
