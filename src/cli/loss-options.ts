// What the command's options say about the loss.
import type { LossOptions } from "../lora/loss.js";
import { UsageError } from "./errors.js";
import { fraction, number, positive } from "./options.js";
import { type Command, Option } from "./packages.js";

export interface LossFlags {
  loss?: NonNullable<LossOptions["kind"]>;
  margin?: number;
  scale?: number;
  matryoshka?: number[];
  classWeights?: number[] | "balanced";
  labelSmoothing?: number;
}

/** What they are called. */
export const lossFlags = {
  ...{ loss: "--loss", margin: "--margin", scale: "--scale", matryoshka: "--matryoshka" },
  ...{ classWeights: "--class-weights", labelSmoothing: "--label-smoothing" },
} as const;

/** Losses that learn from texts alone. */
const withoutLabels = ["triplet", "multiple-negatives"];

export function addLossOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--loss <l>",
        "of --task similarity: what is made small; triplet and multiple-negatives take no labels",
      ).choices(["cosine", "contrastive", ...withoutLabels]),
    )
    .option("--margin <m>", "how far apart what is not alike must be, by 1 - cosine", positive)
    .option("--scale <s>", "of multiple-negatives: multiplies the cosines", positive)
    .option("--matryoshka <a,b>", "sizes at which vectors may be cut (Matryoshka)", numbers)
    .option(
      "--class-weights <w,w>",
      "how much each class counts, in the labels' order; balanced: rare ones as frequent ones",
      (text: string) => (text === "balanced" ? text : numbers(text)),
    )
    .option("--label-smoothing <s>", "share of a label for all classes", fraction(0, 1));
}

/** The loss that was asked for; undefined where nothing was. */
export function lossOf(flags: LossFlags): LossOptions | undefined {
  const { loss: kind, margin, scale, matryoshka: dimensions, classWeights, labelSmoothing } = flags;
  const given = { kind, margin, scale, dimensions, classWeights, labelSmoothing };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

/**
 * Whether the run's texts have labels.
 *
 * @throws UsageError when the loss has no use for the labels or the judgement that were asked for,
 *   or is one of another task.
 */
export function usesLabels(
  { loss }: LossFlags,
  given: { task?: string; labelColumn?: string; eval?: string },
): boolean {
  if (loss !== undefined && given.task !== undefined && given.task !== "similarity") {
    throw new UsageError(`--loss is for --task similarity, and --task is ${given.task}`);
  }
  if (loss === undefined || !withoutLabels.includes(loss)) {
    if (given.labelColumn !== undefined) return true;
    throw new UsageError("--label-column is missing: name the column of the labels");
  }
  if (given.labelColumn === undefined && given.eval === undefined) return false;
  const option = given.labelColumn === undefined ? "--eval" : "--label-column";
  throw new UsageError(`${option} has no use: the loss ${loss} takes no labels`);
}

function numbers(text: string): number[] {
  return text.split(",").map(number);
}
