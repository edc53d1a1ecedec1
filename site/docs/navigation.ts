// The order of the docs: that of docs/README.md, whose headings are groups and whose links are pages.
import MarkdownIt from "markdown-it";
import { plainText, target } from "./links.js";

export interface Group {
  name: string;
  pages: { path: string; name: string }[];
}

export function groupsOf(index: { path: string; text: string }): Group[] {
  const groups: Group[] = [];
  const tokens = new MarkdownIt().parse(index.text, {});
  tokens.forEach((token, i) => {
    const children = token.children ?? [];
    if (token.type !== "inline") return;
    if (tokens[i - 1].type === "heading_open") {
      groups.push({ name: plainText(children), pages: [] });
      return;
    }
    children.forEach((child, at) => {
      const to = child.type === "link_open" ? child.attrGet("href") : null;
      const place = to === null ? undefined : target(index.path, String(to));
      if (!place?.path.endsWith(".md")) return;
      const end = children.findIndex(({ type }, j) => j > at && type === "link_close");
      groups.at(-1)?.pages.push({ path: place.path, name: plainText(children.slice(at, end)) });
    });
  });
  return groups.filter(({ pages }) => pages.length > 0);
}
