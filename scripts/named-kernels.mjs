// Preloaded by npm run profile: the kernels with a name section instead of the inlined ones.
import { readFileSync } from "node:fs";
import { init } from "lowrank";

init(readFileSync(new URL("../build/kernels.profile.wasm", import.meta.url)));
