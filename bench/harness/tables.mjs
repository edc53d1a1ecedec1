// Measurements as tables: { title, columns, rows, remarks? }, cells as they are printed.

/** The middle, and half of the middle half's width: 31.4 ± 0.2. */
export function spread({ median, low, high }) {
  const half = Math.abs(high - low) / 2;
  const digits = median >= 100 ? 0 : median >= 10 ? 1 : 2;
  return `${median.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

/** Billions of operations a second. */
export function gigaflops({ operations, seconds: { median, low, high } }) {
  const rate = (time) => operations / time / 1e9;
  return { median: rate(median), low: rate(high), high: rate(low) };
}

/** Billions of bytes a second. */
export function gigabytes({ bytes, seconds }) {
  return gigaflops({ operations: bytes, seconds });
}

export function milliseconds({ seconds: { median, low, high } }) {
  return { median: median * 1e3, low: low * 1e3, high: high * 1e3 };
}

export function microseconds({ seconds: { median, low, high } }) {
  return { median: median * 1e6, low: low * 1e6, high: high * 1e6 };
}

/**
 * One row a contender and form, one column a work.
 *
 * @param works - { name, label }: the works in the order of the columns.
 * @param quantity - what a measurement is shown as, { median, low, high }.
 */
export function grid(title, measurements, works, quantity) {
  const names = works.map(({ name }) => name);
  const here = measurements.filter(({ work }) => names.includes(work));
  const keys = [...new Set(here.filter(({ seconds }) => seconds).map(rowKey))];
  const rows = keys.map((key) => [
    key,
    ...works.map(({ name }) => {
      const found = here.find((each) => each.work === name && rowKey(each) === key);
      return found?.seconds ? spread(quantity(found)) : "";
    }),
  ]);
  return {
    title,
    columns: ["", ...works.map(({ label }) => label)],
    rows,
    remarks: failureRemarks(here),
  };
}

function rowKey({ contender, form, dtype, asked }) {
  const type = asked && asked !== dtype ? `, in ${dtype}` : "";
  return `${contender}${form ? `: ${form}` : ""}${type}`;
}

/** Who failed at what, each reason once. */
function failureRemarks(measurements) {
  const reasons = new Map();
  for (const { contender, failure, work } of measurements) {
    if (!failure) continue;
    const key = `${contender}: ${failure}`;
    reasons.set(key, [...(reasons.get(key) ?? []), work]);
  }
  const remarks = [...reasons].map(
    ([reason, works]) => `${reason} (${[...new Set(works)].join(", ")})`,
  );
  return remarks.length > 0 ? `Not measured: ${remarks.join("; ")}.` : undefined;
}

/** The measurements of one Node, and of what is not Node. */
export function under(runtime, measurements) {
  return measurements.filter((each) => each.runtime === runtime || each.runtime === "Python");
}
