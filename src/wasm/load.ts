// Kernels that are fetched: the `init` of lowrank/slim.
import { initModule, tagOf } from "./module.js";

/** Where kernels may come from. */
export type KernelSource = string | URL | Response | WebAssembly.Module | BufferSource;

/**
 * Loads the kernels: `lowrank/slim` has none of its own. Await it before the first computation; import,
 * border checks and `Matrix.from` work without. A response is compiled while it arrives.
 *
 * A page hands the module to its workers by `postMessage`, which copies nothing, and they await `init`
 * of it. Several calls add up: a computation takes its kernels from the last module that has them.
 *
 * @param source - the address of `lowrank/kernels.wasm`, or of `lowrank/kernels/decompositions.wasm`,
 *   `lowrank/kernels/completion.wasm` or `lowrank/kernels/recommend.wasm`, which have a part of them; or a
 *   response, the bytes, a compiled module, or a promise of one of these.
 * @returns the compiled module.
 * @throws TypeError when `source` is nothing of that, or a module of something else; Error when it cannot
 *   be fetched or the server answers with an error.
 * @example
 * ```js
 * import { init, Matrix, svd } from "lowrank/slim";
 *
 * await init(new URL("kernels.wasm", document.baseURI));
 * const { S } = svd(Matrix.from([[3, 0], [0, 4]])); // S[0] = 4
 * ```
 */
export async function load(
  source: KernelSource | Promise<KernelSource>,
): Promise<WebAssembly.Module> {
  const given = await source;
  const response = isAddress(given) ? await fetched(String(given)) : given;
  if (tagOf(response) === "[object Response]")
    return initModule(await compiled(response as Response));
  if (isBytes(response)) return initModule(await WebAssembly.compile(response as BufferSource));
  return initModule(response);
}

const isAddress = (value: unknown) => typeof value === "string" || tagOf(value) === "[object URL]";
const isBytes = (value: unknown) =>
  ArrayBuffer.isView(value) || tagOf(value) === "[object ArrayBuffer]";

async function fetched(address: string): Promise<Response> {
  try {
    return await fetch(address);
  } catch (cause) {
    throw new Error(
      `init: ${address} could not be fetched: it must be the address of lowrank/kernels.wasm; where ` +
        "there is a file and no server, as in Node, give its bytes",
      { cause },
    );
  }
}

async function compiled(response: Response): Promise<WebAssembly.Module> {
  const { ok, status, url } = response;
  if (!ok)
    throw new Error(`init: ${url} was answered with ${status}: it must be lowrank/kernels.wasm`);
  // Engines refuse to stream what servers do not call WebAssembly.
  return /^application\/wasm\b/i.test(response.headers.get("content-type") ?? "")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
