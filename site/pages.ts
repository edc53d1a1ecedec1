// All pages of the site but those of the docs, which site/docs/ renders.
import { front } from "./front/page.js";
import type { Page } from "./layout.js";

export const pages: readonly Page[] = [front];
