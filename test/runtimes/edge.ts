// edge-runtime: Vercel's edge in a realm of its own, here with code generation from bytes refused
// as the real one refuses it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions } from "esbuild";
import {
  bundle,
  deployedKernels,
  modules,
  type Project,
  type Runtime,
  type Script,
} from "./project.js";

/** How a platform bundles: it compiles the imported module when it deploys. */
export const deployed: BuildOptions = {
  conditions: ["edge-light"],
  plugins: [
    {
      name: "deployed-module",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "deployed" }));
        onLoad({ filter: /./, namespace: "deployed" }, () => ({
          contents: "export default deployedKernels",
        }));
      },
    },
  ],
};

/**
 * The string, or promise of one, that `source` assigns to `globalThis.answer` in the edge. The
 * compiled kernels are there under the global name `deployedKernels`.
 */
export async function runOnEdge(
  project: Project,
  source: string,
  options: BuildOptions,
  script: Script = "conformance",
): Promise<string> {
  await bundle(project, "edge.js", source, { format: "iife", ...options });
  const { EdgeRuntime } = await import(pathToFileURL(edgeRuntime.program).href);
  const kernels = await readFile(deployedKernels(script));
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
  lacks: ["workers"],
  run: (project, script) =>
    runOnEdge(
      project,
      `import { answer } from "./${script}.js";
       globalThis.answer = (async () => JSON.stringify(await answer()))();`,
      deployed,
      script,
    ),
};
