// From what an experiment returns to its files: NAME.csv, NAME.svg and NAME.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "../../lab/statistics.mjs";
import { csv } from "./csv.mjs";
import { figure } from "./figure.mjs";
import { provenanceLines } from "./provenance.mjs";

/**
 * @param result - { setting, tables: { name: rows }, figures: { name: figure }, findings }, and what
 * other experiments read of it; the table and the figure whose name is "" are the main ones.
 */
export function writeReport(folder, experiment, result, provenance) {
  mkdirSync(folder, { recursive: true });
  const { name, title, source } = experiment;
  const { tables, figures, ...told } = result;
  const lines = provenanceLines(provenance);
  const write = (part, ending, text) => {
    const file = `${name}${part && `-${part}`}.${ending}`;
    writeFileSync(join(folder, file), text);
    return file;
  };
  const entries = (parts, ending, make) =>
    Object.entries(parts).map(([part, content]) => write(part, ending, make(content, lines)));
  const files = {
    data: entries(tables, "csv", csv),
    figures: entries(figures, "svg", figure),
  };
  const report = { name, title, source, ...told, ...files, provenance };
  write("", "json", `${JSON.stringify(report, null, 2)}\n`);
  return report;
}

/**
 * A row of docs/evidence/reproduction.md. `holds` is what the verdict says, left out for what has no number
 * to hold; `ratio` is ours over theirs, where both are numbers of the same thing.
 *
 * @param {Record<string, any>} row
 */
export function finding({ quantity, theirs, ours, ratio, holds, asked, remarks }) {
  const told = asked ? ` (${asked})` : "";
  const verdict = holds === undefined ? "told" : `${holds ? "holds" : "does not hold"}${told}`;
  return { quantity, theirs, ours, ratio: ratio && format(ratio), holds, verdict, remarks };
}

/** Three digits, as a table has them. */
export function format(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2);
  return size >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** "median (least - greatest)". */
export function spread(values) {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return `${format(median(values))} (${format(least)} - ${format(greatest)})`;
}
