// What every bench shares: timing, tables, and the result file that bench/run.mjs turns into
// docs/evidence/benchmarks.md.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { machine } from "../lab/machine.mjs";

export const results = new URL("results/", import.meta.url);

/** Seconds that `work` takes, and what it returns. */
export function timed(work) {
  const start = performance.now();
  const value = work();
  return { value, seconds: (performance.now() - start) / 1000 };
}

/**
 * Runs the parts of a bench that are asked for, or all, and saves their tables; parts that are not
 * run keep the table of their last run.
 *
 * @param name - file name without ending; also the command: `npm run bench -- name`.
 * @param parts - for each part a function that returns { title, columns, rows, remarks? }, cells as
 * they will be printed.
 * @param asked - names of parts.
 */
export async function runParts(name, question, parts, asked) {
  const unknown = asked.filter((part) => !(part in parts));
  if (unknown.length > 0) {
    const choices = Object.keys(parts).join(", ");
    console.error(`bench/${name}: there is no ${unknown.join(", ")}: choose from ${choices}`);
    process.exit(2);
  }
  const file = new URL(`${name}.json`, results);
  const earlier = await readFile(file, "utf8").then(
    (text) => JSON.parse(text).tables,
    () => [],
  );
  await mkdir(results, { recursive: true });
  for (const part of asked.length > 0 ? asked : Object.keys(parts)) {
    const table = { part, machine: machine(), ...(await parts[part]()) };
    console.log(markdown(table));
    const place = earlier.findIndex((old) => old.part === part);
    if (place < 0) earlier.push(table);
    else earlier[place] = table;
    await writeFile(file, `${JSON.stringify({ name, question, tables: earlier }, null, 2)}\n`);
  }
}

/** One table as markdown. */
export function markdown({ title, machine, columns, rows, remarks }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    `### ${title}`,
    "",
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map(line),
    "",
    ...(remarks ? [remarks] : []),
    ...(machine ? [`Measured on: ${machine}.`, ""] : remarks ? [""] : []),
  ].join("\n");
}
