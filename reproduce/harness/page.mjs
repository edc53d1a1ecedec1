// docs/reproduction.md, from the reports beside the figures.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const introduction = `# The papers' experiments, ours beside theirs

Made by \`npm run reproduce -- NAME\`, which runs one experiment again and rewrites its figures, its
data and its rows here; without a name it runs all of them. It goes on where it was interrupted,
\`--minutes N\` stops it after a while, \`--quick\` runs small sizes into \`reproduce/quick/\`. Every
figure and every data file names the command, the seed and the commit that made it.

Papers: **CD**, Yaras, Wang, Balzano, Qu, *Compressible Dynamics in Deep Overparameterized Low-Rank
Learning & Adaptation*, ICML 2024; **EC**, Kwon, Zhang, Song, Balzano, Qu, *Efficient Compression of
Overparameterized Deep Models through Low-Dimensional Learning Dynamics*, AISTATS 2024. Their
numbers with a ~ are read off figures, to 2-5 %. Their times are of their machines and are compared
as ratios only; our times of a step are processor time, of a run that of the clock. Everything is in f64, plain gradient descent, losses converted to the papers'
conventions: half the mean over all entries (CD), over the observed ones (EC). Random numbers are
ours, so single runs differ from theirs by as much as seeds differ.
`;

/** @param folder - that of the reports; the page is written beside it. */
export function writePage(folder, names, path) {
  const reports = readReports(folder);
  const known = names.filter((name) => reports[name]);
  const missing = names.filter((name) => !reports[name]);
  const parts = [
    introduction,
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
