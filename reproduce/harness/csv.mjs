// Comma-separated text whose first lines, marked by #, say where it comes from.

/** @param rows - objects; the keys of the first one are the columns. */
export function csv(rows, provenance) {
  const columns = Object.keys(rows[0] ?? {});
  return [
    ...provenance.map((line) => `# ${line}`),
    columns.join(","),
    ...rows.map((row) => columns.map((column) => cell(row[column])).join(",")),
    "",
  ].join("\n");
}

function cell(value) {
  if (value === undefined || value === null) return "";
  const text = typeof value === "number" && !Number.isInteger(value) ? brief(value) : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const brief = (value) => String(Number(value.toPrecision(10)));
