// lowrank/lora on every runtime: a few steps of Deep LoRA.
import { Finetuning } from "lowrank/lora";
import { examples, hash, options, tinyModel } from "./tiny-encoder.js";

export function answer() {
  const model = tinyModel();
  const run = new Finetuning(model, examples, options);
  const losses = Array.from({ length: options.steps }, () => run.step().loss);
  const megabytes = model.encoder.job.byteLength / 2 ** 20;
  return { losses, adapter: hash(run.adapter()), megabytes };
}
