import { readFileSync } from "node:fs";
import { MatrixRanking } from "lowrank";

const model = MatrixRanking.load(readFileSync(new URL("films.model", import.meta.url)));

// A function URL and API Gateway (HTTP) send rawQueryString, a load balancer the other.
export async function handler({ multiValueQueryStringParameters, rawQueryString = "" }) {
  const seen =
    multiValueQueryStringParameters?.seen ?? new URLSearchParams(rawQueryString).getAll("seen");
  const visitor = model.foldIn(seen);
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(model.recommend(visitor, 3).map(({ id }) => id)),
  };
}
