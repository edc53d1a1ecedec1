// Matrices as texts.

/** Rows and columns that are shown; of more, the first ones. */
const shown = 8;

/** "Matrix 2 x 2 f64" and the entries below it, to six digits, in columns. */
export function matrixText(
  { rows, cols, dtype }: { rows: number; cols: number; dtype: string },
  entry: (row: number, col: number) => number,
): string {
  const width = Math.min(cols, shown);
  const lines = Array.from({ length: Math.min(rows, shown) }, (_, i) =>
    Array.from({ length: width }, (_, j) => String(Number(entry(i, j).toPrecision(6)))),
  );
  const widest = Math.max(0, ...lines.flat().map(({ length }) => length));
  const texts = lines.map((line) => {
    const padded = line.map((text) => text.padStart(widest));
    return `  ${padded.join("  ")}${cols > shown ? "  ..." : ""}`;
  });
  if (rows > shown) texts.push("  ...");
  return [`Matrix ${rows} x ${cols} ${dtype}`, ...texts].join("\n");
}
