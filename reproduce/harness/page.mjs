// A page of docs: its text from pages/, and the reports beside the figures.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param folder - that of the reports.
 * @param page - its name, that of its text in pages/, and the names of its experiments in order.
 */
export function writePage(folder, { name: text, names }, path) {
  const introduction = readFileSync(new URL(`../pages/${text}.md`, import.meta.url), "utf8");
  const reports = readReports(folder);
  const known = names.filter((name) => reports[name]);
  const missing = names.filter((name) => !reports[name]);
  const [title, ...rest] = introduction.split("\n");
  const parts = [
    [title, "", inShort(known.map((name) => reports[name])), ...rest].join("\n"),
    ...known.map((name) => section(reports[name])),
    ...(missing.length > 0
      ? [`Not yet run in full: ${missing.map((name) => `\`${name}\``).join(", ")}.\n`]
      : []),
  ];
  writeFileSync(path, parts.join("\n"));
}

function readReports(folder) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(folder, file), "utf8"))]),
  );
}

/** The answer, before how it was found: what held of what was to hold, and what did not. */
function inShort(reports) {
  const judged = reports.flatMap(({ title, findings }) =>
    findings.filter(({ holds }) => holds !== undefined).map((found) => ({ title, ...found })),
  );
  const failed = judged.filter(({ holds }) => !holds);
  const rest = failed.map(({ title, quantity, ours }) => `- ${title}: ${quantity}: ${ours}`);
  return [
    `**In short.** ${judged.length - failed.length} of the ${judged.length} numbers that have a target meet it` +
      (failed.length === 0 ? "." : "; these do not:"),
    ...(failed.length === 0 ? [] : ["", ...rest]),
  ].join("\n");
}

function section({ title, source, setting, findings, figures, data, provenance }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const link = (file) => `[${file}](reproduction/${file})`;
  return [
    `## ${title}`,
    "",
    `${source}. ${setting}`,
    "",
    line(["", "theirs", "ours", "ratio", "verdict", "remarks"]),
    line(["---", "---", "---", "---", "---", "---"]),
    ...findings.map(({ quantity, theirs = "", ours, ratio = "", verdict, remarks = "" }) =>
      line([quantity, theirs, ours, ratio, verdict, remarks]),
    ),
    "",
    ...figures.map((file) => `![${title}](reproduction/${file})\n`),
    `Data: ${data.map(link).join(", ")}. \`${provenance.command}\`, seed ${provenance.seed}, commit ` +
      `${provenance.commits.map((commit) => commit.slice(0, 10)).join(", ")}; ` +
      `${provenance.machine}.`,
    "",
  ].join("\n");
}
