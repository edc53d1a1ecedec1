// lowrank/lora on every runtime: a few steps of Deep LoRA, the search of a rate, a certificate, and a
// classifier of a few texts.
import { certifyAdapter, Finetuning, fewShot, finetune, verifyAdapter } from "lowrank/lora";
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
    judged: judge(),
  };
}

/** What a classifier of a few texts makes of them, and the loss of a run whose classes have weights. */
function judge() {
  const model = tinyModel();
  const named = examples.map(({ text, label }) => ({ text, label: label ? "odd" : "even" }));
  const classifier = fewShot(model, named);
  const found = classifier.classify(named.slice(0, 3).map(({ text }) => text));
  const loss = { classWeights: [1, 3], labelSmoothing: 0.1 };
  const weighted = new Finetuning(model, examples, { ...options, loss });
  return { found, evidence: classifier.evidence, loss: weighted.step().loss };
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
