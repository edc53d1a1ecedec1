import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

// npm writes a lock file without the packages that a registry does not have, says nothing, and then
// refuses it: `npm ci` fails for everybody. Binaries of other platforms are what goes missing.
test.each([
  "../../package-lock.json",
  "../runtimes/package-lock.json",
  "../../examples/interop/package-lock.json",
  "../../bench/package-lock.json",
  "../../reproduce/package-lock.json",
])("%s holds every package that its packages need, those of other platforms too", (path) => {
  const { packages } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const missing = Object.entries(packages).flatMap(([place, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !reachable(place, name, packages))
      .map((name) => `${place} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Whether a package at `place` finds `name` in its own or an outer node_modules. */
function reachable(place: string, name: string, packages: Record<string, Locked>): boolean {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (`${at}/node_modules/${name}`.replace(/^\//, "") in packages) return true;
    if (!at.includes("/node_modules/")) return `node_modules/${name}` in packages;
  }
}
