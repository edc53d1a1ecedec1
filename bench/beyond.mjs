// Question: do the features beyond the papers hold what docs/beyond.md claims?
import { conditioned } from "./beyond/conditioned.mjs";
import { runParts } from "./report.mjs";

await runParts(
  "beyond",
  "Do the features beyond the papers hold what is claimed of them?",
  { conditioned },
  process.argv.slice(2),
);
