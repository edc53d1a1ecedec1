import { MatrixRanking } from "lowrank";

export const config = { runtime: "edge" };

let model;

// There is no file system at the edge: the model comes from public/, once for many requests.
async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} was answered with ${response.status}`);
  return MatrixRanking.load(new Uint8Array(await response.arrayBuffer()));
}

export default async function handler(request) {
  model ??= await load(new URL("/films.model", request.url));
  const seen = new URL(request.url).searchParams.getAll("seen");
  const visitor = model.foldIn(seen);
  return Response.json(model.recommend(visitor, 3).map(({ id }) => id));
}
