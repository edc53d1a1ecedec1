// What --features says of items.
import { readFile } from "../files/read-file.js";
import { parseFeatures } from "../formats/feature-table.js";
import type { IdTableFormat } from "../formats/id-tables.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import type { Features } from "../ranking/with-features.js";

/** @throws FileError or FormatError by name. */
export function readItemFeatures(path: string, format: IdTableFormat): Features {
  const source = path === "-" ? "standard input" : path;
  const { ids, ...features } = parseFeatures(readFile(path), source, format);
  return { ids, features: SparseMatrix.fromTriplets(features) };
}
