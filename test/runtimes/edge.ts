// edge-runtime: Vercel's edge in a realm of its own, here with code generation from bytes refused
// as the real one refuses it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions } from "esbuild";
import { bundle, modules, type Project, type Runtime, repository } from "./project.js";

/** Where a platform would compile the imported module when it deploys. */
const deployedModule: BuildOptions["plugins"] = [
  {
    name: "deployed-module",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "deployed" }));
      onLoad({ filter: /./, namespace: "deployed" }, () => ({
        contents: "export default deployedKernels",
      }));
    },
  },
];

/**
 * The value of the string that `source` assigns to `globalThis.answer` in the edge. The compiled
 * kernels are there under the global name `deployedKernels`.
 */
export async function runOnEdge(
  project: Project,
  source: string,
  options: BuildOptions,
): Promise<string> {
  await bundle(project, "edge.js", source, { format: "iife", ...options });
  const { EdgeRuntime } = await import(pathToFileURL(edgeRuntime.program).href);
  const kernels = await readFile(join(repository, "dist/edge/kernels.wasm"));
  const edge = new EdgeRuntime({
    codeGeneration: { strings: false, wasm: false },
    extend: (context: Record<string, unknown>) =>
      Object.assign(context, { deployedKernels: new WebAssembly.Module(kernels) }),
    initialCode: await readFile(join(project.folder, "edge.js"), "utf8"),
  });
  return edge.context.answer;
}

export const edgeRuntime: Runtime = {
  name: "edge-runtime",
  program: join(modules, "edge-runtime/dist/index.js"),
  run: (project) =>
    runOnEdge(
      project,
      `import { conformance } from "./conformance.js";
       globalThis.answer = JSON.stringify(conformance());`,
      { conditions: ["edge-light"], plugins: deployedModule },
    ),
};
