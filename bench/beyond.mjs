// Question: do the features beyond the papers hold what docs/evidence/beyond.md claims?
import { conditioned } from "./beyond/conditioned.mjs";
import { noise } from "./beyond/noise.mjs";
import { online, onlineCost } from "./beyond/online.mjs";
import { rank } from "./beyond/rank.mjs";
import { rectangular } from "./beyond/rectangular.mjs";
import { runParts } from "./report.mjs";

await runParts(
  "beyond",
  "Do the features beyond the papers hold what is claimed of them?",
  { conditioned, rectangular, rank, noise, online, onlineCost },
  process.argv.slice(2),
);
