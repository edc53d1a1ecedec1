import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MatrixRanking } from "lowrank";

const model = MatrixRanking.load(readFileSync(join(process.cwd(), "films.model")));

export function GET(request) {
  const seen = new URL(request.url).searchParams.getAll("seen");
  const visitor = model.foldIn(seen);
  return Response.json(model.recommend(visitor, 3).map(({ id }) => id));
}
