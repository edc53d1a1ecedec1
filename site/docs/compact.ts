// TypeDoc's pages without what says nothing: a third of their length.

/** What a reader of an interface learns nothing from. */
const empty = /^#+ (Overrides|Inherited from|Implementation of|Extended by)$/;
/** Headings of what has one place only, right under the heading above. */
const bare = /^#+ (Get Signature|Constructor)\n+/;

/** A name in the typeface of code, by itself or in a link. */
const named = /(\[?)`([\w."?[\]]+)`(?=(\]\()?)/g;

/** @param linked - the anchors that links of all pages lead to. */
export function compact(text: string, linked: ReadonlySet<string>): string {
  const sections = text
    .replace(/<a id="([^"]*)"><\/a> /g, (anchor, id) => (linked.has(id) ? anchor : ""))
    .replace(/^\*\*\*\n+/gm, "")
    .replace(/(?<=\|) -(?= \|)/g, "")
    // Signatures and the types of tables: there the style has the typeface.
    .replace(/^> .*$/gm, plainNames)
    .replace(
      /^(\| (?:<a [^>]*><\/a> )?`[^|]*`[^|]* \|)((?:\\\||[^|])*)(?=\|)/gm,
      (_, name, type) => name + plainNames(type),
    )
    .split(/^(?=#{1,6} )/m);
  const kept: string[] = [];
  const links: string[] = [];
  for (const section of sections) {
    const [heading] = section.split("\n", 1);
    const body = section.slice(heading.length).trim();
    const [, link] = /^Re-exports (\[[^\]]+\]\([^)]+\))$/.exec(body) ?? [];
    if (link !== undefined) links.push(link);
    else if (empty.test(heading)) continue;
    // The head of a table says what it is of, and so its heading.
    else if (/^#+ (Parameters|Properties)$/.test(heading) && body.startsWith("| ")) {
      kept.push(`${body}\n\n`);
    }
    // The signature says the type: what it means is a paragraph after it.
    else if (/^#+ Returns$/.test(heading) && !body.includes("\n\n")) continue;
    else kept.push(section.replace(bare, ""));
  }
  return `${kept.join("")}${reexported(links)}`;
}

const plainNames = (text: string) => text.replace(named, "$1$2");

/** More names of one page than these are counted, not listed. */
const listed = 40;

function reexported(links: readonly string[]): string {
  const pages = new Map<string, string[]>();
  for (const link of links) {
    const [, page] = /\(([^#)]*)/.exec(link) ?? [];
    pages.set(page, [...(pages.get(page) ?? []), link]);
  }
  const lines = [...pages].map(([page, names]) =>
    names.length > listed ? `${names.length} names of [${page}](${page})` : names.join(", "),
  );
  return lines.length > 0 ? `${lines.join("; ")}.\n` : "";
}
