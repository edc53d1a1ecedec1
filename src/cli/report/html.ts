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

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for quoted attributes. Controls that HTML forbids are shown as a box. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => entities[character])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd")
  );
}
