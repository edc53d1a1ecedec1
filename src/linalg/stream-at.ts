/** Streams first .. first + count - 1 of a seed. */
export interface StreamRange {
  readonly first: number;
  readonly count: number;
}

/** Stream `index` of a range. @throws RangeError when it is not in it. */
export function streamAt({ first, count }: StreamRange, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < count) return first + index;
  throw new RangeError(`streams: number ${index} is asked for: there are ${count}`);
}
