// Installs the neighbours at exact versions, and this repository as `lowrank` beside them.
// Run it as: npm run examples:install
import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
execFileSync("npm", ["ci", "--prefix", here, ...options], { stdio: "inherit" });
const link = `${here}node_modules/lowrank`;
rmSync(link, { force: true });
symlinkSync("../../..", link, "dir");
