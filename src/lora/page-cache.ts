// Files of downloaded models in a browser.
import { invalidValue } from "../check/describe.js";
import { checkModelPath } from "../formats/model-path.js";
import { UnsupportedError } from "../wasm/index.js";
import type { ModelCache } from "./hub.js";

/** The Cache API keeps answers by address: one that no server has. */
const origin = "https://lowrank.invalid/";

/**
 * A cache of downloaded models in a page or a Web Worker, for `loadEncoder.fromHub`, by the Cache
 * API: files stay until the site's data are cleared. Where the browser gives no more room a file is
 * not kept, and fetched again the next time.
 *
 * @param name - of the cache, of which a site may have several.
 * @throws UnsupportedError where there is no Cache API: in Node, which has `folderCache` of
 *   lowrank/lora/node, and in pages that are neither from https nor from localhost; TypeError when
 *   the name is not a string.
 * @example
 * ```js
 * const model = await loadEncoder.fromHub("sentence-transformers/all-MiniLM-L6-v2", {
 *   cache: pageCache(),
 * });
 * ```
 */
export function pageCache(name = "lowrank"): ModelCache {
  if (typeof name !== "string")
    throw invalidValue("pageCache", "name", name, "a string", TypeError);
  if (typeof caches === "undefined") {
    throw new UnsupportedError(
      "pageCache: there is no Cache API here: it needs https or localhost",
    );
  }
  const address = (path: string) => {
    checkModelPath("pageCache", path);
    return origin + path;
  };
  return {
    read: async (path) => {
      const found = await (await caches.open(name)).match(address(path));
      return found && new Uint8Array(await found.arrayBuffer());
    },
    write: async (path, bytes) => {
      const place = address(path);
      if (!(bytes instanceof Uint8Array)) {
        throw invalidValue("pageCache", "bytes", bytes, "a Uint8Array", TypeError);
      }
      const cache = await caches.open(name);
      try {
        await cache.put(place, new Response(bytes as Uint8Array<ArrayBuffer>));
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "QuotaExceededError")) throw error;
      }
    },
    remove: async (path) => {
      await (await caches.open(name)).delete(address(path));
    },
  };
}
