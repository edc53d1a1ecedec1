import { median } from "../../metrics/median.js";
import { minReach } from "./draw.js";

const bins = 41;

/** How many errors fall into each of equal bins around zero. */
export interface Histogram {
  bars: { from: number; to: number; count: number }[];
  /** Errors beyond the outermost bins. */
  beyond: number;
  /** Median of the absolute errors. */
  spread: number;
  /** Of all errors. */
  count: number;
}

/** Bins over the middle 99.8 % of the errors. */
export function histogram(errors: ArrayLike<number>): Histogram {
  const sorted = Float64Array.from(errors).sort();
  const at = (fraction: number) => sorted[Math.floor(fraction * (sorted.length - 1))];
  const outermost = Math.max(Math.abs(at(0.001)), Math.abs(at(0.999)));
  // Bins of errors that are nearly zero would be narrower than any number.
  const reach = outermost > minReach ? outermost : 1;
  const width = (2 * reach) / bins;
  const bars = Array.from({ length: bins }, (_, i) => ({
    from: -reach + i * width,
    to: -reach + (i + 1) * width,
    count: 0,
  }));
  let beyond = 0;
  for (const error of sorted) {
    if (Math.abs(error) > reach) beyond++;
    else bars[Math.max(0, Math.min(bins - 1, Math.floor((error + reach) / width)))].count++;
  }
  return { bars, beyond, spread: median(sorted.map(Math.abs)), count: sorted.length };
}
