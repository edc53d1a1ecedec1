import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import { amount, print, bytes as size } from "./format.js";
import { type AnyModel, type ModelFile, readModelFile } from "./load-model.js";
import type { Command } from "./packages.js";

/** `lowrank info MODEL [--json]` */
export function addInfo(program: Command): void {
  program
    .command("info")
    .description("what a model file holds")
    .argument("<model>", "file written by lowrank train --out")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  lowrank info shop.model\n")
    .action(run);
}

function run(file: string, { json }: { json?: boolean }): void {
  const info = infoOf(readModelFile(file));
  if (json) {
    console.log(JSON.stringify(info));
    return;
  }
  const { kind, version, bytes, rows, cols, observed, rank, settings, validation, orders } = info;
  const [what, entry] = kind === "ranking" ? ["clicks", "interaction"] : ["ratings", "rating"];
  print(`${file}: a model of ${what}, ${size(bytes)}, version ${version}, its checksum fits`);
  print(`  ${amount(observed, entry)} by ${amount(rows, "user")} on ${amount(cols, "item")}`);
  print(`  rank ${rank}${rank === 0 ? `: ${withoutFactors[kind]}` : ""}`);
  for (const [name, value] of Object.entries(settings)) {
    print(`  ${name.padEnd(18)}  ${value === Number.POSITIVE_INFINITY ? "none" : value}`);
  }
  if (orders !== undefined) printOrders(orders);
  if (validation === null) return;
  const { popularity, ...own } = validation;
  print("  on what was held out in training, beside the order by popularity:");
  for (const [name, value] of Object.entries(own)) {
    const beside = popularity[name as keyof typeof popularity];
    print(
      `  ${name.padEnd(18)}  ${[value, beside]
        .filter((v) => v !== undefined)
        .map(figure)
        .join("   ")}`,
    );
  }
}

const withoutFactors = {
  ranking: "it is the order by popularity",
  ratings: "it is the biases alone",
};

const figure = (value: number) => String(Number(value.toFixed(4)));

/** Where every kind of model file has its version. */
const versionAt = 8;

function infoOf({ bytes, model }: ModelFile) {
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(versionAt, true);
  const { rows, cols, observed, rank, settings } = model;
  return {
    kind: model instanceof MatrixCompletion ? ("ratings" as const) : ("ranking" as const),
    version,
    bytes: bytes.length,
    /** What is read is read only where it fits. */
    checksum: "ok",
    ...{ rows, cols, observed, rank, settings },
    validation: validationOf(model),
    ...(model instanceof MatrixCompletion && { orders: ordersOf(model) }),
  };
}

/** By what a model of ratings recommends, and why; null where no order was measured. */
function ordersOf({ recommendsBy, orders }: MatrixCompletion) {
  return { recommendsBy, heldOut: orders ?? null };
}

function printOrders({ recommendsBy, heldOut }: ReturnType<typeof ordersOf>): void {
  print(`  recommends by ${recommendsBy}`);
  for (const [order, value] of Object.entries(heldOut?.ndcg10 ?? {})) {
    print(`  NDCG@10 by ${order.padEnd(10)}  ${figure(value)}`);
  }
}

function validationOf(model: AnyModel): NonNullable<MatrixRanking["validation"]> | null {
  return model instanceof MatrixCompletion ? null : (model.validation ?? null);
}
