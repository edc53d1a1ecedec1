// Compiles bench/assembly with the compiler of the package, into a folder that git ignores.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const built = (name) => new URL(`../build/${name}.wasm`, import.meta.url);

/** The compiled ceilings of arithmetic and streams, without and with relaxed SIMD, and of gathers. */
export const ceilings = {
  baseline: built("ceilings"),
  relaxed: built("ceilings.relaxed"),
  gather: built("gather"),
};

export function compileCeilings() {
  for (const [variant, file] of Object.entries(ceilings)) {
    const features = variant === "relaxed" ? ["simd", "relaxed-simd"] : ["simd"];
    const source = variant === "gather" ? "gather" : "index";
    const options = [
      ...[`bench/assembly/${source}.ts`, "--config", "none", "--runtime", "stub"],
      ...["-O3", "--converge", "--noAssert", "--use", "abort="],
      ...features.flatMap((feature) => ["--enable", feature]),
      ...["--outFile", fileURLToPath(file)],
    ];
    execFileSync("node_modules/.bin/asc", options, { cwd: root, stdio: "inherit" });
  }
}
