// What a certificate proves, as people and programs read it.
import type { AdapterReport } from "../lora/verify-adapter.js";
import { UsageError } from "./errors.js";
import { amount, count, percent, print } from "./format.js";
import type { Command } from "./packages.js";

/** Beside the files of the adapter that it decodes to. */
export const certificateName = "adapter.certificate";

/** @throws UsageError under `--relaxed`: certificates are decoded to the same bits on every machine. */
export function checkExact(command: Command): void {
  if (!command.optsWithGlobals().relaxed) return;
  throw new UsageError(
    "--relaxed cannot be given with certificates: its last bits differ by machine",
  );
}

/** Whether it is proved to be better than to answer every text alike. */
const isUseful = ({ bound, constant }: AdapterReport) => bound < constant;

/** The report without the adapter itself. */
export function certificateResult(report: AdapterReport) {
  const { adapter, ...rest } = report;
  return { ...rest, useful: isUseful(report) };
}

export function printCertificate(report: AdapterReport, delta: number): void {
  for (const line of certificateLines(report, delta)) print(`  ${line}`);
}

/** What was measured, what describes it, what is proved, and whether that is worth anything. */
export function certificateLines(report: AdapterReport, delta: number): string[] {
  const { measure, error, samples, evaluated, bits, fileBits, bound, fileBound } = report;
  const shown = measure === "error rate" ? percent : (value: number) => value.toPrecision(3);
  const measured = evaluated < samples ? `${count(evaluated)} of ` : "";
  return [
    `${measure} ${shown(error)} on ${measured}${amount(samples, "text")}`,
    `${amount(bits, "bit")}, ${count(fileBits)} with the settings`,
    `on new texts at most ${shown(bound)}, or ${shown(fileBound)} with the settings charged, ` +
      `with probability ${percent(1 - delta)}`,
    verdict(report, shown),
  ];
}

function verdict(report: AdapterReport, shown: (value: number) => string): string {
  const { measure, vacuous, constant } = report;
  if (vacuous) {
    const way = measure === "error rate" ? "guessing at random" : "a cosine of 0 for every pair";
    return `the bound is vacuous: ${way} is as good`;
  }
  const way = measure === "error rate" ? "the commonest class" : "the mean similarity";
  const errs = `always answering ${way}, which has ${shown(constant)} here`;
  return isUseful(report) ? `the bound beats ${errs}` : `the bound does not beat ${errs}`;
}
