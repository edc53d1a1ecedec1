// What an application downloads for what it imports: bytes of its bundle, minified and compressed by
// gzip, with the kernels, in KiB. scripts/size.mjs holds esbuild to it, test/package the other bundlers.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

export const budgets = [
  { imports: "Matrix", from: "lowrank", limit: 8.2 },
  { imports: "matmul", from: "lowrank", limit: 15.5 },
  { imports: "svd", from: "lowrank", limit: 32 },
  { imports: "MatrixCompletion", from: "lowrank", limit: 27 },
  { imports: "completeMatrix", from: "lowrank", limit: 60 },
  { imports: "init, svd", from: "lowrank/slim", kernels: "kernels/decompositions", limit: 30.5 },
  {
    imports: "init, MatrixCompletion",
    from: "lowrank/slim",
    kernels: "kernels/recommend",
    limit: 23,
  },
  {
    imports: "init, completeMatrix",
    from: "lowrank/slim",
    kernels: "kernels/completion",
    limit: 59,
  },
];

/** "svd of lowrank". */
export const titleOf = ({ imports, from }) => `{ ${imports} } of ${from}`;

/** The program whose bundle is weighed. */
export const programOf = ({ imports, from }) => `export { ${imports} } from "${from}";`;

/**
 * KiB of a bundle and of the file of kernels that it fetches.
 *
 * @param {string | Uint8Array} bundle
 * @param {{ kernels?: string }} budget
 */
export async function weigh(bundle, { kernels }) {
  const file = kernels && (await readFile(new URL(`../dist/${kernels}.wasm`, import.meta.url)));
  return [bundle, file]
    .filter((part) => part !== undefined)
    .reduce((sum, part) => sum + gzipSync(part, { level: 9 }).length / 1024, 0);
}
