// What a fine-tuning run came to, as `finetune --json` prints it.
import type { Finetuning } from "../lora/finetune.js";

/** @param judged - the metric on texts held out, where there are any. */
export function finetuneResult(
  method: string,
  run: Pick<Finetuning, "learningRate" | "trainableParameters" | "stepCount">,
  losses: readonly number[],
  judged?: { metric: string; value: number },
) {
  return {
    method,
    learningRate: run.learningRate,
    trainableParameters: run.trainableParameters,
    steps: run.stepCount,
    trainLoss: tail(losses),
    metric: judged?.metric ?? null,
    value: judged?.value ?? null,
  };
}

/** The mean of the last ten losses: one batch's is mostly noise. */
function tail(losses: readonly number[]): number | null {
  const last = losses.slice(-10);
  return last.length === 0 ? null : last.reduce((sum, loss) => sum + loss, 0) / last.length;
}
