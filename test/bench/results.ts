// Results of benches, made up: every target is met unless `change` alters a measurement.
import { pairs, shapeName } from "../../bench/kernels/shapes.mjs";

export interface Measurement {
  work: string;
  contender: string;
  runtime: string;
  form: string;
  role: string;
  relaxed: boolean;
  operations: number;
  seconds: { median: number; low: number; high: number };
  garbage?: number;
}

type Shape = [number, number, number];

export type Results = Record<string, { machine: object; measurements: object[] }>;

const form = {
  ours: "typed arrays, out",
  peer: "typed arrays",
  native: "arrays",
  ceiling: "4 x 8",
};
type Role = keyof typeof form | "threads";

/** Rates that meet every target, in operations a second. */
const rates: Record<Role, number> = {
  ...{ ours: 95, peer: 10, native: 100, ceiling: 100, threads: 190 },
};

/** @param change - is called with each measurement and may alter it; false leaves it out. */
export function makeResults(change: (each: Measurement) => unknown = () => true): Results {
  const measure = (work: string, role: Role, runtime: string, relaxed = false): Measurement => {
    const operations = 1e-4 * 1e9;
    const median = operations / (rates[role] * 1e12);
    return {
      ...{ work, role, runtime, relaxed, operations, contender: role },
      form: role === "threads" ? "typed arrays" : form[role],
      seconds: { median, low: median, high: median },
      ...(role === "ours" ? { garbage: 0 } : {}),
    };
  };
  const nodes = ["Node 20", "Node 24"];
  const everybody = (work: string) => [
    measure(work, "native", "Python"),
    ...nodes.flatMap((node) =>
      (["ours", "peer", "ceiling"] as const).map((role) => measure(work, role, node)),
    ),
  ];
  const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const matmul = ["f32", "f64"].flatMap((dtype) => [
    ...sizes.flatMap((n) => everybody(`${dtype} ${n}`)),
    measure(`${dtype} 512`, "ours", "Node 24", true),
  ]);
  const shapes = ["f32", "f64"].flatMap((dtype) =>
    (pairs as Shape[][]).flatMap(([ragged]) =>
      nodes.flatMap((node) =>
        ["ragged", "regular"].map((form) => ({
          ...measure(`${dtype} ${shapeName(ragged)}`, "ours", node),
          form,
        })),
      ),
    ),
  );
  const factorizations = [
    ...["QR 1000 x 50", "QR 512 x 512", "SVD 200 x 200", "SVD 500 x 500", "SVD 2000 x 100"],
    ...["eigh 200", "eigh 500", "randomized SVD 1000 x 1000", "randomized SVD 4000 x 500"],
  ].flatMap(everybody);
  const threads = ["f32 1024", "f64 1024"].flatMap((work) =>
    nodes.flatMap((node) => [measure(work, "ours", node), measure(work, "threads", node)]),
  );
  const startup = [
    { ...measure("first product", "ours", "Node 24"), form: "" },
    { work: "size", file: "kernels.wasm", kibibytes: 30 },
  ];
  const machine = { line: "a machine", avx2: true, avx512: true };
  const kept = (measurements: object[]) => ({
    machine,
    measurements: measurements.filter((each) => change(each as Measurement) !== false),
  });
  return {
    matmul: kept(matmul),
    shapes: kept(shapes),
    factorizations: kept(factorizations),
    threads: kept(threads),
    startup: kept(startup),
  };
}
