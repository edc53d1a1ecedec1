// What a thread of a ParallelEncoder does with texts.
import type { Matrix } from "../linalg/matrix.js";
import type { Adapter } from "./adapter.js";
import type { GivenTexts } from "./text-input.js";
import type { EmbedOptions, TextModel } from "./text-model.js";
import { type AdaptedModel, useAdapter, useOwnHead } from "./use-adapter.js";

export class TextReader {
  #judge: AdaptedModel | undefined;

  /** @throws as `useAdapter`. */
  constructor(
    readonly model: TextModel,
    readonly maxTokens: number,
    adapter?: Adapter,
  ) {
    if (adapter) this.#judge = useAdapter(model, adapter, maxTokens);
    else model.encoder.reset();
  }

  embed(texts: GivenTexts, options: EmbedOptions): Matrix {
    return this.model.embed(texts, options);
  }

  /** By the adapter's head, or else the model's own. */
  predict(texts: GivenTexts, batchSize: number): Matrix {
    this.#judge ??= useOwnHead(this.model, this.maxTokens);
    return this.#judge.predict(texts, batchSize);
  }
}
