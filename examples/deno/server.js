import { MatrixRanking } from "lowrank";

const model = MatrixRanking.load(Deno.readFileSync("films.model"));

export default {
  fetch(request) {
    const seen = new URL(request.url).searchParams.getAll("seen");
    const visitor = model.foldIn(seen);
    return Response.json(model.recommend(visitor, 3).map(({ id }) => id));
  },
};
