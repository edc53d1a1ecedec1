// Where the links of a page lead, and the headings that they may lead to.
import { posix } from "node:path";
import GithubSlugger from "github-slugger";
import MarkdownIt from "markdown-it";

/** Files of the repository as a reader of the registry's page finds them. */
const onGithub =
  /^https:\/\/(?:github\.com\/OWNER\/lowrank\/(?:blob|tree)|raw\.githubusercontent\.com\/OWNER\/lowrank)\/main\//;

/** A page and its place in the repository, as `docs/how-to/x.md`. */
export interface Source {
  path: string;
  text: string;
}

/** The file of the repository that a link of a page leads to; nothing for other hosts. */
export function target(from: string, to: string): { path: string; hash: string } | undefined {
  if (/^[a-z]+:/i.test(to) && !onGithub.test(to)) return undefined;
  const [path, hash = ""] = to.replace(onGithub, "/").split("#");
  if (path === "") return { path: from, hash };
  const place = path.startsWith("/") ? path.slice(1) : posix.join(posix.dirname(from), path);
  return { path: decodeURI(posix.normalize(place)), hash };
}

/** Links and pictures of a page that lead to files of the repository. */
export function linksOf({ path, text }: Source): { path: string; hash: string }[] {
  const found: { path: string; hash: string }[] = [];
  for (const block of new MarkdownIt().parse(text, {})) {
    for (const token of block.children ?? []) {
      const to = token.attrGet("href") ?? token.attrGet("src");
      const place = to === null ? undefined : target(path, String(to));
      if (place) found.push(place);
    }
  }
  return found;
}

/**
 * The anchors of a page: those that GitHub gives its headings, and those that are written there.
 *
 * @param isReference - whether it is TypeDoc's, whose own headings have none.
 */
export function anchorsOf(text: string, isReference = false): Set<string> {
  const slugger = new GithubSlugger();
  const tokens = new MarkdownIt({ html: true }).parse(text, {});
  const anchors = tokens.flatMap((token, i) => {
    if (token.type !== "heading_open") return [];
    const heading = plainText(tokens[i + 1].children ?? []);
    const formal = isReference && isFormal(heading, Number(token.tag.slice(1)));
    return formal ? [] : [slugger.slug(heading)];
  });
  return new Set([...anchors, ...Array.from(text.matchAll(/<a id="([^"]+)">/g), ([, id]) => id)]);
}

const formalHeadings =
  /^(Parameters|Returns|Throws|Example|Properties|Methods|Constructors|Accessors|Extends|Implements|Type Parameters|Set Signature|Call Signature)$/;

/** Whether a heading is TypeDoc's own, under the name of a function: a page has hundreds, which nobody links to. */
export const isFormal = (heading: string, level: number) =>
  level > 3 && formalHeadings.test(heading);

/** What is read of inline tokens. */
export const plainText = (tokens: readonly { type: string; content: string }[]): string =>
  tokens
    .map(({ type, content }) =>
      type === "softbreak" ? " " : type === "html_inline" ? "" : content,
    )
    .join("");
