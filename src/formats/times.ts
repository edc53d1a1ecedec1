// When something happened, as tables write it.
import { isDecimal } from "./decimal.js";

const date =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?: ?(Z|[+-]\d{2}:?\d{2}))?)?(?: UTC)?$/;

/**
 * A number that grows with time: a decimal number as it is, a date of ISO 8601 in seconds since 1970
 * (UTC where it names no zone); undefined for what is not a time.
 */
export function timeOf(text: string): number | undefined {
  if (isDecimal(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  const match = date.exec(text);
  if (match === null) return undefined;
  const [, day, clock = "00:00:00", zone = "Z"] = match;
  const value = Date.parse(`${day}T${clock}${zone}`) / 1000;
  return Number.isFinite(value) ? value : undefined;
}
