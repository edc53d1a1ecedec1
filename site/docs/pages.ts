// The pages of the docs.
import type { SiteFiles } from "../layout.js";

/** What the docs add to the site. */
export async function docsFiles(): Promise<SiteFiles> {
  return { pages: [], files: [] };
}
