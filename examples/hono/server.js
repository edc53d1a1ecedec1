import { readFileSync } from "node:fs";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { MatrixRanking } from "lowrank";

const model = MatrixRanking.load(readFileSync("films.model"));

const app = new Hono();
app.get("/recommend", (context) => {
  const visitor = model.foldIn(context.req.queries("seen") ?? []);
  return context.json(model.recommend(visitor, 3).map(({ id }) => id));
});

const port = Number(process.env.PORT ?? 3000);
serve({ fetch: app.fetch, port }, (address) => console.log(`http://localhost:${address.port}`));
