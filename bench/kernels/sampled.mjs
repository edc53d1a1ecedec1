// Question: are the sampled product and its two adjoints bound by memory?
//
// The bounds and how they are measured: gather-bound.mjs. No peer has these products.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { nodes } from "../harness/pool.mjs";

export const question = "Are the sampled product and its adjoints bound by memory?";

const shapes = ["943 x 1682, 100 k", "10 k x 1 k, 1 M", "50 k x 20 k, 2 M, power law"];
const script = fileURLToPath(new URL("../harness/gather-worker.mjs", import.meta.url));

/** @param options.sizes - widths k; options.works - a part of the patterns' names. */
export async function run({ sizes = [4, 8, 16, 32, 64], dtypes = ["f32", "f64"], works = "" }) {
  const task = {
    shapes: shapes.filter((shape) => shape.includes(works)),
    dtypes,
    widths: sizes,
    milliseconds: 600,
  };
  return Object.entries(nodes).flatMap(([runtime, node]) =>
    execFileSync(node, [script, JSON.stringify(task)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => ({ runtime, ...JSON.parse(line) })),
  );
}

export function tables(measurements) {
  const widths = [...new Set(measurements.map(({ k }) => k))];
  const groups = new Map();
  for (const each of measurements) {
    const key = `${each.shape}, ${each.dtype}, ${each.runtime}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups].map(([title, group]) => {
    const cells = (show) =>
      widths.map((k) => {
        const found = group.find((each) => each.k === k);
        return found ? show(found) : "";
      });
    const kernels = Object.keys(group[0].results).map((kernel) => [
      kernel,
      ...cells(({ results }) => {
        const { nanoseconds, gatherBound, arithmeticBound } = results[kernel];
        const part = (bound) => `${((100 * bound) / nanoseconds).toFixed(0)} %`;
        return `${nanoseconds.toFixed(1)}; ${part(gatherBound)}, ${part(arithmeticBound)}`;
      }),
    ]);
    return {
      title: `${title}: ns for one observation; the bounds as parts of that time`,
      columns: ["", ...widths.map((k) => `k = ${k}`)],
      rows: [
        ...kernels,
        ["gathering rows, GB/s", ...cells(({ rowBandwidth }) => rowBandwidth.toFixed(1))],
        ["gathering columns, GB/s", ...cells(({ columnBandwidth }) => columnBandwidth.toFixed(1))],
      ],
      remarks:
        "First the bound of memory: bytes moved over measured gather bandwidth; then that of the " +
        "multiplications and additions.",
    };
  });
}
