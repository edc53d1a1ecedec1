// Labelled sentences as people type or paste them, and as a CSV of the command.
import { amount } from "../../src/cli/format.js";

export interface Labelled {
  label: string;
  text: string;
}

/**
 * A sentence a line, after its label and a comma or a tab; further commas are the sentence's. Quotes around
 * a sentence, as spreadsheets write them, are left out. So is a first line "label,text".
 *
 * @throws Error that names the line.
 */
export function parseSentences(typed: string): Labelled[] {
  const found: Labelled[] = [];
  typed.split(/\r\n|\r|\n/).forEach((line, i) => {
    if (line.trim() === "" || (i === 0 && /^\s*"?label"?\s*[,\t]/i.test(line))) return;
    const at = line.search(/[,\t]/);
    const label = unquoted(line.slice(0, Math.max(0, at)));
    const text = unquoted(line.slice(at + 1));
    if (at < 0 || label === "" || text === "") {
      throw new Error(`line ${i + 1} must be a label, a comma and a sentence`);
    }
    found.push({ label, text });
  });
  return found;
}

function unquoted(field: string): string {
  const [, inner] = /^"(.*)"$/.exec(field.trim()) ?? [];
  return inner === undefined ? field.trim() : inner.replaceAll('""', '"').trim();
}

/** "24 sentences: 12 billing, 12 shipping" */
export function summaryOf(sentences: readonly Labelled[]): string {
  const counts = new Map<string, number>();
  for (const { label } of sentences) counts.set(label, (counts.get(label) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = parts.slice(0, 8).map(([label, count]) => `${count} ${label}`);
  const more =
    parts.length > shown.length ? `, and ${parts.length - shown.length} more labels` : "";
  return `${amount(sentences.length, "sentence")}: ${shown.join(", ")}${more}.`;
}

/** The same as a file that the command reads. */
export function csvOf(sentences: readonly Labelled[]): string {
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = sentences.map(({ label, text }) => `${field(label)},${field(text)}\n`);
  return `label,text\n${lines.join("")}`;
}

/** What customers of a shop write. */
export const sample = `shipping, My parcel has not arrived
shipping, The box was left in the rain
shipping, When will my order be delivered?
shipping, The courier could not find the house
shipping, Tracking has shown the same place for a week
shipping, Can you send it to another address?
shipping, The package was torn open
shipping, Nobody was at home, where is it now?
billing, I was charged twice
billing, Please send me an invoice
billing, My card was declined
billing, The refund has not reached my account
billing, Why is the total higher than the price?
billing, Can I pay by bank transfer?
billing, The discount was not taken off
billing, You took the wrong amount
account, I cannot log in
account, How do I change my password?
account, Please delete all my data
account, The code by text message never comes
account, My name is spelled wrong in the profile
account, I want to use another e-mail address
account, Somebody else is using my login
account, The app has signed me out again
`;

/** Something to try, which the sample does not have. */
export const sampleQuestion = "Is the van on its way?";
