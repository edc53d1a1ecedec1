// What another thread, or another machine, needs to become the same run, and what it gives.
import type { FloatArray } from "../wasm/index.js";
import type { Adaptation } from "./adaptation.js";
import type { FinetuneOptions } from "./finetune-options.js";

export interface PartOfStep {
  loss: number;
  gradients: FloatArray;
}

export interface Replica {
  options: Omit<FinetuneOptions, "method">;
  method: Pick<Adaptation, "name" | "learningRate" | "settings"> & { trainedTensors: string[] };
}
