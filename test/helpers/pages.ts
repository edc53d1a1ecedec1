// What is written for people: the front pages and the docs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

const docs = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => `docs/${file.replaceAll("\\", "/")}`)
  .sort();

export const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...docs].map((path) => ({
  path,
  text: readFileSync(join(repository, path), "utf8"),
}));
