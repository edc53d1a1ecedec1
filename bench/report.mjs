// What every bench shares: the machine's description, medians, progress lines and the result file
// that bench/run.mjs turns into docs/benchmarks.md.
import { mkdir, writeFile } from "node:fs/promises";
import os from "node:os";

export const results = new URL("results/", import.meta.url);

export function machine() {
  const model = os.cpus()[0]?.model.trim() ?? "unknown processor";
  return `${model}, one core, Node ${process.versions.node}, ${os.platform()} ${os.arch()}`;
}

/** Middle of the values, the mean of the middle two where their number is even. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Seconds that `work` takes, and what it returns. */
export function timed(work) {
  const start = performance.now();
  const value = work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/**
 * Saves a bench's tables.
 * @param name - file name without ending; also the command: `npm run bench -- name`.
 * @param tables - [{ title, columns, rows, remarks? }], cells as they shall be printed.
 */
export async function save(name, question, tables) {
  await mkdir(results, { recursive: true });
  const text = `${JSON.stringify({ name, question, machine: machine(), tables }, null, 2)}\n`;
  await writeFile(new URL(`${name}.json`, results), text);
  for (const table of tables) console.log(markdown(table));
}

/** One table as markdown. */
export function markdown({ title, columns, rows, remarks }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}`,
    "",
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map(line),
    ...(remarks ? ["", remarks] : []),
    "",
  ].join("\n");
}
