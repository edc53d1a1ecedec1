/**
 * What a sweep costs for all lines before one, in cells: a line costs as much as rank / 2 of its cells.
 *
 * @param start - where the cells of each line start.
 */
export function workBefore(start: Int32Array, line: number, rank: number): number {
  return start[line] + (rank / 2) * line;
}
