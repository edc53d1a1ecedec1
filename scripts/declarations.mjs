// Writes dist/types/: what tsc declares, without the declarations of what is inside. No declaration
// that a user can import leads to those, and they are a third of the weight.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], { stdio: "inherit" });

const reached = new Set();
function reach(file) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(/["'](\.[^"']+)\.js["']/g)) {
    reach(resolve(dirname(file), `${path}.d.ts`));
  }
}
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
for (const { types } of Object.values(exports)) if (types) reach(resolve(types));

for (const name of readdirSync("dist/types", { recursive: true })) {
  const file = resolve(join("dist/types", name));
  if (/\.d\.ts(\.map)?$/.test(file) && !reached.has(file.replace(/\.map$/, ""))) rmSync(file);
}
