// When something happened, as tables write it.
import { isDecimal } from "./decimal.js";

const date =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?: ?(Z|[+-]\d{2}:?\d{2}))?)?(?: UTC)?$/;

/** What time tables count from 1970, in seconds: from 1973 on, and in milliseconds from then on. */
const [firstSeconds, firstMilliseconds, end] = [1e8, 1e11, 1e14];

/**
 * Times in seconds since 1970, of times in seconds or in milliseconds, whichever they all can be;
 * undefined where they are neither, such as the numbers of days or of clicks.
 */
export function inSeconds(times: Float64Array): Float64Array | undefined {
  const within = (low: number, high: number) => times.every((time) => time >= low && time < high);
  if (within(firstSeconds, firstMilliseconds)) return times;
  return within(firstMilliseconds, end) ? times.map((time) => time / 1000) : undefined;
}

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
