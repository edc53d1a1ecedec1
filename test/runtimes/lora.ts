// lowrank/lora on every runtime: a few steps of Deep LoRA, the search of a rate, and a certificate.
import { certifyAdapter, Finetuning, finetune, verifyAdapter } from "lowrank/lora";
import { examples, hash, options, tinyModel } from "./tiny-encoder.js";

export function answer() {
  const model = tinyModel();
  const run = new Finetuning(model, examples, options);
  const losses = Array.from({ length: options.steps }, () => run.step().loss);
  const megabytes = model.encoder.job.byteLength / 2 ** 20;
  return {
    losses,
    adapter: hash(run.adapter()),
    megabytes,
    search: search(),
    certified: certified(),
  };
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

/** A certificate, and the adapter that it is decoded to. */
function certified() {
  const { task, steps } = options;
  return (["lora", "deep-lora", "head"] as const).map((method) => {
    const brief = { task, method, rank: 2, dimension: 9, levels: 3, learningRate: 0.1 };
    const { file } = certifyAdapter(tinyModel(), examples, { ...brief, steps });
    const { checksum, error, bound, adapter } = verifyAdapter(file, tinyModel(), examples);
    return { file: Array.from(file), checksum, error, bound, adapter: hash(adapter) };
  });
}
