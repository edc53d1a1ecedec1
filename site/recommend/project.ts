// A project that serves the model on Cloudflare Workers, as a zip archive.
import { strToU8, zipSync } from "fflate";

/** Archives know no dates before this one; the same model gives the same archive. */
const date = "1980-01-01T00:00:00";

/** @param kind - what the model was trained on. */
export function workerProject(kind: "ratings" | "clicks", model: Uint8Array): Uint8Array {
  const files = { ...textsOf(kind), "src/recommender.model": model };
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        `recommender/${name}`,
        [typeof content === "string" ? strToU8(content) : content, { mtime: date }],
      ]),
    ),
  );
}

function textsOf(kind: "ratings" | "clicks"): Record<string, string> {
  const ratings = kind === "ratings";
  const query = ratings ? "/recommend?items=a,b&ratings=5,3" : "/recommend?items=a,b";
  const history = ratings
    ? `  const ratings = (url.searchParams.get("ratings") ?? "").split(",").map(Number);
  const user = model.foldIn({ colIds: items, values: ratings });`
    : "  const user = model.foldIn(items);";
  const className = ratings ? "MatrixCompletion" : "MatrixRanking";
  return {
    "package.json": `${JSON.stringify(
      {
        name: "recommender",
        private: true,
        type: "module",
        scripts: { dev: "wrangler dev", deploy: "wrangler deploy" },
        dependencies: { lowrank: "^0.1.0" },
        devDependencies: { wrangler: "^4.0.0" },
      },
      null,
      2,
    )}\n`,
    "wrangler.toml": `name = "recommender"
main = "src/index.js"
compatibility_date = "2026-11-01"

[[rules]]
type = "Data"
globs = ["**/*.model"]
`,
    "src/index.js": `// Recommends to anybody, by what he or she ${ratings ? "rated" : "chose"}: ${query}
import { ${className} } from "lowrank";
import bytes from "./recommender.model";

let model;

export default {
  fetch(request) {
    try {
      return recommend(new URL(request.url));
    } catch (error) {
      return Response.json({ error: error.message }, { status: 400 });
    }
  },
};

function recommend(url) {
  if (url.pathname !== "/recommend") return new Response("${query}\\n", { status: 404 });
  // Loading takes a few milliseconds, once.
  model ??= ${className}.load(new Uint8Array(bytes));
  const items = (url.searchParams.get("items") ?? "").split(",").filter(Boolean);
${history}
  return Response.json(model.recommend(user, 10));
}
`,
    "README.md": `# A recommender on Cloudflare Workers

    npm install
    npm run dev        # http://localhost:8787${query}
    npm run deploy

\`src/recommender.model\` is the model; train a new one with \`npx lowrank train\` and replace it.
${ratings ? "" : "\nIt holds what the users of your data chose; `lowrank` saves it without them by\n`model.save({ histories: false })`.\n"}`,
  };
}
