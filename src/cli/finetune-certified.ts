// `lowrank finetune --certify`: an adapter that is described by few bits, and what they prove.

import { writeFolder } from "../files/adapter-folder.js";
import type { Task } from "../lora/adapter.js";
import type { CertifiedMethod, CertifiedTask } from "../lora/adapter-certificate.js";
import { adapterCertification, type CertifyAdapterOptions } from "../lora/certify-adapter.js";
import { decisions } from "../lora/decisions.js";
import type { Example } from "../lora/finetune-options.js";
import { saveAdapter } from "../lora/peft-files.js";
import type { TextModel } from "../lora/text-model.js";
import { useAdapter } from "../lora/use-adapter.js";
import { certificateName, certificateResult, printCertificate } from "./certificate.js";
import { UsageError } from "./errors.js";
import type { metricFor } from "./metrics.js";
import { createProgress } from "./progress.js";
import { shownRate, usage } from "./start-run.js";

/** What the command has read. */
interface CertifiedRun {
  readonly model: TextModel;
  readonly examples: readonly Example[];
  readonly evaluation: readonly Example[] | undefined;
  readonly metric: ReturnType<typeof metricFor>;
  readonly options: Omit<CertifyAdapterOptions, "task" | "method"> & { method: string; task: Task };
  readonly out: string;
  readonly json: boolean;
  /** Shows what is worth a word; called once nothing of the options is refused. */
  readonly remarks: () => void;
}

export async function finetuneCertified(run: CertifiedRun): Promise<void> {
  const { model, examples, evaluation, out, json } = run;
  const options = checkedOptions(run.options);
  const training = await usage(async () => adapterCertification(model, examples, options));
  run.remarks();
  const progress = createProgress();
  let certified: Awaited<ReturnType<typeof next>>;
  const next = () => usage(async () => training.next());
  try {
    for (certified = await next(); !certified.done; certified = await next()) {
      const { phase, step, totalSteps, loss, learningRate } = certified.value;
      const rate = phase === "search" ? `rate ${shownRate(learningRate)}, ` : "";
      progress.update(step, totalSteps, `${phase}, ${rate}loss ${loss.toPrecision(4)}`);
    }
  } finally {
    progress.stop();
  }
  const { file, ...report } = certified.value;
  const { adapter, setting } = report;
  const { name, metric } = run.metric;
  const value =
    evaluation &&
    metric(
      evaluation.map(({ label }) => label!),
      decisions(useAdapter(model, adapter, setting.maxTokens).predict(evaluation), setting.task),
    );
  writeFolder(out, new Map([...saveAdapter(adapter), [certificateName, file]]));
  if (json) {
    const judged = { metric: evaluation ? name : null, value: value ?? null };
    console.log(
      JSON.stringify({ method: setting.method, ...judged, ...certificateResult(report) }),
    );
    return;
  }
  const { method, dimension, levels } = setting;
  console.log(`${method}, ${setting.task.kind}, certified`);
  console.log(`  ${dimension.toLocaleString("en-US")} coefficients of ${levels} levels`);
  if (value !== undefined) console.log(`  ${name} ${value.toFixed(4)}`);
  printCertificate(report, 0.05);
  console.log(`wrote ${out}`);
}

/** @throws UsageError for what cannot be certified. */
function checkedOptions({ method, task, ...rest }: CertifiedRun["options"]): CertifyAdapterOptions {
  if (method === "full") {
    throw new UsageError(
      "--method full leaves no adapter: --certify is for lora, deep-lora and head",
    );
  }
  if (task.kind === "regression") {
    throw new UsageError(
      "--certify needs labels whose errors are bounded: not those of a regression",
    );
  }
  return { ...rest, method: method as CertifiedMethod, task: task as CertifiedTask };
}
