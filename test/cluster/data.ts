// A file of ratings.
import { writeFileSync } from "node:fs";
import type { Columns } from "../helpers/ratings.js";

export function writeRatings(path: string, { rowIds, colIds, values }: Columns): void {
  const lines = values.map((value, i) => `${rowIds[i]},${colIds[i]},${value}\n`);
  writeFileSync(path, `user,item,rating\n${lines.join("")}`);
}
