// A page of Markdown as HTML of the site: headings that can be linked, code with its colours, tables
// that scroll by themselves. Colours are classes, because the site's policy allows no other style.
import GithubSlugger from "github-slugger";
import highlighter from "highlight.js";
import MarkdownIt from "markdown-it";
import { isFormal, plainText } from "./links.js";

/** A heading and what is below it, as the search finds it. */
export interface Section {
  heading: string;
  /** Of the page's address; empty for what comes first. */
  anchor: string;
  /** 1 is the page's own heading. */
  level: number;
  text: string;
}

export interface Rendered {
  title: string;
  /** The first paragraph. */
  description: string;
  html: string;
  sections: Section[];
}

/**
 * @param linkTo - the address of a link or picture in the site.
 * @param sizeOf - width and height of a picture, so that nothing moves when it arrives.
 * @param hasAnchors - whether it is TypeDoc's: elements are HTML, and its own headings have no anchors.
 */
export function render(
  text: string,
  linkTo: (to: string) => string,
  sizeOf: (picture: string) => Record<string, string>,
  hasAnchors: boolean,
): Rendered {
  const markdown = new MarkdownIt({ html: hasAnchors, highlight });
  const slugger = new GithubSlugger();
  const sections: Section[] = [{ heading: "", anchor: "", level: 1, text: "" }];
  let title = "";
  let description = "";

  const tokens = markdown.parse(text, {});
  tokens.forEach((token, i) => {
    if (token.type === "heading_open") {
      const heading = plainText(tokens[i + 1].children ?? []);
      const level = Number(token.tag.slice(1));
      const anchor = hasAnchors && isFormal(heading, level) ? "" : slugger.slug(heading);
      if (anchor !== "") token.attrSet("id", anchor);
      if (title === "" && token.tag === "h1") title = heading;
      else sections.push({ heading, anchor, level, text: "" });
    }
    if (token.type !== "inline") return;
    for (const child of token.children ?? []) {
      if (child.type === "image") {
        const size = Object.entries(sizeOf(String(child.attrGet("src"))));
        for (const [name, value] of size) child.attrSet(name, value);
      }
      for (const name of ["href", "src"]) {
        const to = child.attrGet(name);
        if (to !== null) child.attrSet(name, linkTo(String(to)));
      }
    }
    if (tokens[i - 1].type === "heading_open") return;
    const words = plainText(token.children ?? []);
    sections[sections.length - 1].text += `${words}\n`;
    if (description === "" && tokens[i - 1].type === "paragraph_open") description = words;
  });

  const rules = markdown.renderer.rules;
  // The reference's tables are as wide as the page; others may be wider, and scroll.
  rules.table_open = () => (hasAnchors ? "<table>" : '<div class="table" tabindex="0"><table>');
  rules.table_close = () => (hasAnchors ? "</table>\n" : "</table></div>\n");
  // What HTML lets out is let out: the reference has ten thousand cells.
  const cells = ["thead", "tbody", "tr", "th", "td"];
  for (const tag of [...cells, "paragraph", "list_item"]) rules[`${tag}_close`] = () => "";
  // And no line is broken after a block's tag.
  for (const tag of ["thead", "tbody", "tr", "blockquote"]) rules[`${tag}_open`] = () => `<${tag}>`;
  for (const name of ["heading", "blockquote", "bullet_list", "ordered_list"]) {
    rules[`${name}_close`] = (all, i) => `</${all[i].tag}>`;
  }
  rules.code_block = (all, i) => block(escapeHtml(all[i].content));
  rules.fence = (all, i) =>
    block(
      // The reference has a line or two of code under each name: colours would be its longest part.
      hasAnchors ? escapeHtml(all[i].content) : highlight(all[i].content, all[i].info.trim()),
    );
  return {
    title,
    description,
    html: markdown.renderer
      .render(tokens, markdown.options, {})
      // Between tags a quotation mark is itself.
      .replace(/>[^<]+/g, (between) => between.replaceAll("&quot;", '"')),
    sections,
  };
}

const block = (code: string) => `<pre tabindex="0"><code>${code}</code></pre>\n`;

const { escapeHtml } = new MarkdownIt().utils;

/** Colours that the style has, by the highlighter's names: the rest of its marks says nothing here. */
const colours: Record<string, string> = {
  ...{ keyword: "k", built_in: "k", literal: "k", attr: "k" },
  ...{ string: "s", number: "s", regexp: "s" },
  ...{ comment: "c", title: "t", section: "t" },
};

function highlight(code: string, language: string): string {
  if (!highlighter.getLanguage(language)) return escapeHtml(code);
  const marked = highlighter.highlight(code, { language }).value;
  // Marks may be nested: each end belongs to the last beginning.
  const open: boolean[] = [];
  return marked.replace(/<span class="hljs-(\w+)[^"]*">|<\/span>/g, (tag, name) => {
    if (tag === "</span>") return open.pop() ? "</span>" : "";
    const colour = colours[name];
    open.push(colour !== undefined);
    return colour === undefined ? "" : `<span class=${colour}>`;
  });
}
