// What cross-validation says of a classifier from a few texts.
import type { FewShotEvidence } from "../lora/few-shot-evidence.js";

/** In a sentence. */
export function judgement({ accuracy, guess, chance }: FewShotEvidence, count: number): string {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const found = `${percent(accuracy)} of ${count} examples right when left out`;
  const right = `${found}, ${percent(guess)} by guessing`;
  if (chance < 0.05) return right;
  return `${right}: that may be luck (${percent(chance)}), so label more texts`;
}
