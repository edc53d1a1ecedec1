// Which kernels are used together. A group is a WebAssembly module of its own, cut out of the whole one,
// so that an application's bundle carries only the groups of the functions that it imports. All groups
// of a job work on one memory. A new file of assembly/ goes into one line of `groups`.
import binaryen from "binaryen";
import { withoutUnreadTables } from "./static-data.mjs";

/** The files of assembly/ of each group. */
export const groups = {
  products: ["gemm"],
  basic: ["level1", "symmetric", "transpose"],
  rows: ["rows"],
  elementary: ["math"],
  random: ["random"],
  decompositions: [
    ...["bidiagonal", "bidiagonal-qr", "bidiagonal-svd", "householder", "pivoted-qr", "qr"],
    ...["signs", "tridiagonal", "tridiagonal-eigen"],
  ],
  jacobi: ["jacobi"],
  systems: ["cholesky", "lu", "triangular"],
  sparse: ["sparse"],
  sampled: ["alternating", "biases", "conjugate-lines", "pattern", "rounded-sums", "sampled"],
  losses: ["losses"],
  descent: ["descent"],
  adam: ["adam"],
  networks: ["activations", "dropout", "layer-norm", "softmax", "storage"],
  signWords: ["random-bits", "sign-words"],
};

/**
 * Groups with a module for each element type: some functions use them in f32 only, and most products of a
 * program are of one type.
 */
export const byType = ["products", "sampled", "sparse"];

/** Files of groups by type whose kernels nobody uses in f64. */
export const singlesOnly = ["conjugate-lines", "pattern", "rounded-sums"];

/**
 * The modules of a group, by name, with the element type that each has: "sampledSingles" has f32. A
 * module of both types has no type.
 */
export function modulesOf(group) {
  return byType.includes(group)
    ? { [`${group}Singles`]: "f32", [`${group}Doubles`]: "f64" }
    : { [group]: undefined };
}

/** The names of all modules. */
export const moduleNames = () =>
  Object.keys(groups).flatMap((group) => Object.keys(modulesOf(group)));

/** Groups that call functions of the products; the others stand alone. */
export const onProducts = ["decompositions", "systems"];

/** Files of several groups, or modules of groups, for who fetches them (lowrank/slim). */
export const files = {
  decompositions: ["products", "basic", "rows", "random", "decompositions", "jacobi"],
  completion: [
    ...["products", "basic", "elementary", "random", "jacobi"],
    ...["sampledSingles", "sparseSingles", "adam"],
  ],
  recommend: ["products"],
};

/** What the instances of lowrank/threads share work by (assembly/threads.ts). */
export const teamExports = [
  ...["packingBytes", "usePacking", "boardBytes", "joinTeam", "lead", "dismiss", "help"],
];

/** The group of a file. */
export function groupOf(file) {
  const found = Object.keys(groups).find((group) => groups[group].includes(file));
  if (found === undefined) {
    throw new Error(`assembly/${file}.ts: its kernels must be in a group of kernel-groups.mjs`);
  }
  return found;
}

/**
 * The modules of the groups, by name. Functions keep their code, so the bits stay.
 *
 * @param whole - the bytes of the module with all kernels.
 * @param exportsOf - the exports of a group, all or those of one element type, as abi.mjs knows them.
 */
export function cutGroups(whole, exportsOf) {
  const foundation = Object.entries(modulesOf("products")).map(([name, type]) => {
    const module = cut(whole, [...exportsOf("products", type), "heapBase", "memory"]);
    return { name, module, owned: functionsOf(module), called: new Set() };
  });
  const modules = {};
  for (const group of Object.keys(groups)) {
    if (group === "products") continue;
    for (const [name, type] of Object.entries(modulesOf(group))) {
      const module = cut(whole, [...exportsOf(group, type), "memory"]);
      if (onProducts.includes(group)) callProducts(module);
      modules[name] = emit(module);
    }
  }
  for (const { name, module, called } of foundation) {
    // Numbers, as binaryen names them; kernels have other names.
    for (const callee of called) module.addFunctionExport(callee, callee);
    modules[name] = emit(module);
  }
  return modules;

  /** Imports what the products have, instead of having it too. */
  function callProducts(module) {
    for (const name of functionsOf(module)) {
      const owner = foundation.find(({ owned }) => owned.has(name));
      if (owner === undefined) continue;
      const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
      module.removeFunction(name);
      module.addFunctionImport(name, owner.name, name, params, results);
      owner.called.add(name);
    }
    module.runPasses(["remove-unused-module-elements"]);
  }
}

/** One module with the kernels of several groups or modules, for who loads a file of them. */
export function cutTogether(whole, names, exportsOf) {
  const kept = names.flatMap((name) => {
    const group = Object.keys(groups).find((each) => each === name || name in modulesOf(each));
    return exportsOf(group, modulesOf(group)[name]);
  });
  return emit(cut(whole, [...kept, "heapBase", "memory"]));
}

/** A module with some of the exports, and what they need. */
function cut(whole, kept) {
  const module = binaryen.readBinary(whole);
  if (WebAssembly.Module.imports(new WebAssembly.Module(whole)).length === 0) {
    throw new Error("build/kernels.wasm is of an older build: npm run build:wasm");
  }
  for (let i = module.getNumExports() - 1; i >= 0; i--) {
    const { name } = binaryen.getExportInfo(module.getExportByIndex(i));
    if (!kept.includes(name)) module.removeExport(name);
  }
  module.runPasses(["remove-unused-module-elements"]);
  return module;
}

function functionsOf(module) {
  const names = new Set();
  for (let i = 0; i < module.getNumFunctions(); i++) {
    names.add(binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name);
  }
  return names;
}

function emit(module) {
  const bytes = withoutUnreadTables(module.emitBinary(), module.emitText());
  module.dispose();
  if (!WebAssembly.validate(bytes)) throw new Error("a module of kernels is not valid");
  return bytes;
}
