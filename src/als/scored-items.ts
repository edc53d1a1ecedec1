/** Rows that are scored by one product. */
const batch = 64;

export interface Scored<Item, Scores> {
  item: Item;
  /** A number per column. */
  scores: Scores;
}

/** Items with their scores, one after the other, of which some are scored at a time. */
export function* scoredItems<Item, Scores>(
  items: Iterable<Item>,
  scoresOf: (some: readonly Item[]) => readonly Scores[],
): Generator<Scored<Item, Scores>> {
  let waiting: Item[] = [];
  const scored = () => {
    const scores = scoresOf(waiting);
    const done = waiting.map((item, i) => ({ item, scores: scores[i] }));
    waiting = [];
    return done;
  };
  for (const item of items) {
    waiting.push(item);
    if (waiting.length === batch) yield* scored();
  }
  yield* scored();
}
