/** So many rows fill a product, and so many scores may wait, in numbers: 16 MB of f64. */
const [mostRows, mostScores] = [64, 2 ** 21];

export interface Scored<Item, Scores> {
  item: Item;
  /** A number per column. */
  scores: Scores;
}

/**
 * Items with their scores, one after the other, of which some are scored at a time: fewer of many columns, so that a
 * million columns take the room of a few rows.
 */
export function* scoredItems<Item, Scores>(
  items: Iterable<Item>,
  cols: number,
  scoresOf: (some: readonly Item[]) => readonly Scores[],
): Generator<Scored<Item, Scores>> {
  const together = Math.max(1, Math.min(mostRows, Math.floor(mostScores / cols)));
  let waiting: Item[] = [];
  const scored = () => {
    const scores = scoresOf(waiting);
    const done = waiting.map((item, i) => ({ item, scores: scores[i] }));
    waiting = [];
    return done;
  };
  for (const item of items) {
    waiting.push(item);
    if (waiting.length === together) yield* scored();
  }
  yield* scored();
}
