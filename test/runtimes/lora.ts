// lowrank/lora on every runtime: a few steps of Deep LoRA, and the search of a rate.
import { Finetuning, finetune } from "lowrank/lora";
import { examples, hash, options, tinyModel } from "./tiny-encoder.js";

export function answer() {
  const model = tinyModel();
  const run = new Finetuning(model, examples, options);
  const losses = Array.from({ length: options.steps }, () => run.step().loss);
  const megabytes = model.encoder.job.byteLength / 2 ** 20;
  return { losses, adapter: hash(run.adapter()), megabytes, search: search() };
}

/** The losses of the short runs, and the rate that they lead to. */
function search() {
  const losses: number[] = [];
  for (const { phase, loss, learningRate } of finetune(tinyModel(), examples, {
    ...options,
    steps: 60,
  })) {
    if (phase === "training") return { losses, learningRate };
    losses.push(loss);
  }
  return { losses };
}
