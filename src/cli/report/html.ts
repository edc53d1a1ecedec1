/** Text that is HTML already: the only thing that `html` lets through unescaped. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Piece = string | number | Html | readonly Html[];

/**
 * A template tag that escapes what it is given, so that no id or title of a user's file can become
 * markup. Pieces of HTML, made by this tag, are nested as they are.
 */
export function html(literals: TemplateStringsArray, ...pieces: Piece[]): Html {
  let text = literals[0];
  pieces.forEach((piece, i) => {
    text += render(piece) + literals[i + 1];
  });
  return new Html(text);
}

function render(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(render).join("");
  return escapeHtml(String(piece));
}

/** A user's text, whose direction does not reach the text around it. */
export function isolated(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * For text and for quoted attributes. Controls that HTML forbids are shown as a box, and so are those
 * that override or end the direction of a text: even in an element that isolates they reach out.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character])
    .replace(/(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}
