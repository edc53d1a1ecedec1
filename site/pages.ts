// All pages of the site but those of the docs, which site/docs/ renders.
import { front } from "./front/page.js";
import type { Page } from "./layout.js";
import { matrixPage } from "./matrix/page.js";
import { picturePage } from "./picture/page.js";
import { recommendPage } from "./recommend/page.js";
import { teachPage } from "./teach/page.js";
import { theoremPage } from "./theorem/page.js";

export const pages: readonly Page[] = [
  front,
  recommendPage,
  matrixPage,
  picturePage,
  teachPage,
  theoremPage,
];
