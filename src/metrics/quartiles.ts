/** The quartiles of sizes, each once, without the smallest size: nothing would be below it. */
export function quartiles(sizes: readonly number[]): number[] {
  const sorted = [...sizes].sort((a, b) => a - b);
  const bounds = [1, 2, 3].map((quarter) => sorted[Math.floor((quarter * sorted.length) / 4)]);
  return [...new Set(bounds)].filter((bound) => bound > sorted[0]);
}
