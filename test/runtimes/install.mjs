// Installs the runtimes that the conformance test starts: Node 20 to 26, Deno, Bun, workerd and
// edge-runtime from the npm registry at exact versions, browsers from apt where there are none; and from
// apt the Redis of test/cluster.
// Linux on x64 only. Run it as: npm run runtimes:install
import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromiumPath, cogPath, firefoxPath, miniBrowserPath } from "./browsers.mjs";

const run = (command, ...args) => execFileSync(command, args, { stdio: "inherit" });

run(
  "npm",
  ...["ci", "--prefix", fileURLToPath(new URL(".", import.meta.url))],
  ...["--ignore-scripts", "--no-audit", "--no-fund"],
);
const missing = [];
for (const [name, path, ...packages] of [
  ["Chromium", chromiumPath(), "chromium"],
  ["Firefox", firefoxPath(), "firefox-esr"],
  ["WebKitGTK", miniBrowserPath(), "webkit2gtk-driver", "xvfb"],
  ["WPE WebKit", cogPath(), "cog"],
]) {
  if (path) console.log(`${name} is there: ${path}`);
  else missing.push(...packages);
}
const redis = spawnSync("redis-server", ["--version"], { encoding: "utf8" });
if (redis.status === 0) console.log(`Redis is there: ${redis.stdout.trim()}`);
else missing.push("redis-server");
if (missing.length > 0) {
  run("apt-get", "update");
  run("apt-get", "install", "-y", "--no-install-recommends", ...missing);
}
