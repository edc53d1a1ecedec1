// An adapter's certificate as bytes: in the frame and with the end of every certificate
// (bounds/certificate-file.ts), integers as varints:
//   task; labels, as texts; method; rank; runs of adapted layers: how many, and start and end of each
//   whether the head is trained; longest text in tokens; seed; checksum of the model
//   dimension; choices; levels
//   codebook and symbols
import type { QuantizedCoefficients } from "../bounds/coefficients.js";
import {
  choiceBits,
  damaged,
  readCoefficients,
  readList,
  readWord,
  writeCoefficients,
} from "../bounds/coefficients-file.js";
import { largestSize } from "../check/values.js";
import { beginFrame, endFrame, type FileKind, openFrame } from "../completion/model-frame.js";
import type { Range } from "../maps/gaussian.js";
import type { Task } from "./adapter.js";
import type { MethodName } from "./methods.js";

const kind: FileKind = { magic: "LRCERTAD", version: 1 };

/** By name; places in the lists are what files keep, so they never change. */
export const certifiedMethods = ["lora", "deep-lora", "head"] as const satisfies MethodName[];
const taskKinds = ["classification", "multi-label", "similarity"] as const;

export type CertifiedMethod = (typeof certifiedMethods)[number];
/** Tasks whose errors are bounded. */
export type CertifiedTask = Extract<Task, { kind: (typeof taskKinds)[number] }>;

/** Everything about a certified adapter except its coefficients. */
export interface AdapterSetting {
  readonly task: CertifiedTask;
  readonly method: CertifiedMethod;
  /** Of the additions; 0 where there are none. */
  readonly rank: number;
  /** The linear layers that are added to: runs of their numbers, from start to end - 1. */
  readonly layers: readonly Range[];
  /** Whether the head moves, too: it starts at random, of the seed. */
  readonly trainHead: boolean;
  /** Longer texts are cut. */
  readonly maxTokens: number;
  /** Of additions, head and map. */
  readonly seed: number;
  /** CRC-32 of the model that it is an adapter of. */
  readonly modelChecksum: number;
  /** Coefficients. */
  readonly dimension: number;
  /** How many settings were looked at, of which this one was kept: log2 of it is paid. */
  readonly choices: number;
  /** Levels of the codebook. */
  readonly levels: number;
}

/** What a certificate says, and how long it is. */
export interface AdapterContents extends QuantizedCoefficients {
  readonly setting: AdapterSetting;
  /** Bits of the adapter given its setting, log2 of the choices included. */
  readonly bits: number;
  /** Bits of all that the file says. */
  readonly fileBits: number;
}

export function encodeAdapterCertificate(
  setting: AdapterSetting,
  coefficients: QuantizedCoefficients,
): Uint8Array<ArrayBuffer> {
  const writer = beginFrame(kind);
  const { task, layers } = setting;
  writer.varint(taskKinds.indexOf(task.kind));
  writer.texts("labels" in task ? task.labels : []);
  for (const value of [
    ...[certifiedMethods.indexOf(setting.method), setting.rank, layers.length, ...layers.flat()],
    ...[setting.trainHead ? 1 : 0, setting.maxTokens, setting.seed, setting.modelChecksum],
    ...[setting.dimension, setting.choices, setting.levels],
  ]) {
    writer.varint(value);
  }
  writeCoefficients(writer, coefficients);
  return endFrame(writer);
}

/** Whether bytes begin as the certificate of an adapter does; of other bytes nothing is said. */
export function isAdapterCertificate(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, kind.magic.length)) === kind.magic;
}

/**
 * @throws ModelFileError when the bytes are not the certificate of an adapter, whole and unchanged, or
 *   say what none can say; TypeError when they are not bytes.
 */
export function decodeAdapterCertificate(name: string, file: Uint8Array): AdapterContents {
  const { reader } = openFrame(kind, name, file);
  const fileBits = 8 * reader.left;
  const taskKind = readWord(reader, "task", taskKinds);
  const labels = reader.texts();
  const method = readWord(reader, "method", certifiedMethods);
  const rank = reader.varint();
  const run = () => [reader.varint(), reader.varint()] as const;
  const setting: AdapterSetting = {
    task: taskKind === "similarity" ? { kind: taskKind } : { kind: taskKind, labels },
    ...{ method, rank, layers: readList(reader, "runs of layers", mostRuns, run) },
    trainHead: readWord(reader, "flag of the head", [false, true]),
    maxTokens: reader.varint(),
    seed: reader.varint(),
    modelChecksum: reader.varint(),
    dimension: reader.varint(),
    choices: reader.varint(),
    levels: reader.varint(),
  };
  if (taskKind === "similarity" && labels.length > 0) throw damaged("a similarity has labels");
  const fault = settingFault(setting);
  if (fault !== undefined) throw damaged(fault);
  const { bits, ...coefficients } = readCoefficients(reader, setting.levels, setting.dimension);
  return { setting, ...coefficients, bits: bits + choiceBits(setting.choices), fileBits };
}

/** More runs than these are not read, and more coefficients would keep a reader busy for minutes. */
const [mostRuns, mostCoefficients, mostLevels] = [1024, 2 ** 20, 256];

/** What a setting cannot be, whatever the model, in words; undefined where it can. */
export function settingFault(setting: AdapterSetting): string | undefined {
  const { task, method, rank, layers, maxTokens, seed, dimension, choices, levels } = setting;
  if ("labels" in task) {
    const least = task.kind === "classification" ? 2 : 1;
    if (new Set(task.labels).size !== task.labels.length || task.labels.length < least) {
      return `the task has ${task.labels.length} labels: there must be ${least} or more, all different`;
    }
  }
  const adds = method !== "head";
  if (adds !== rank > 0 || adds !== layers.length > 0 || rank > 65536) {
    return `rank is ${rank}: it must be given for additions, up to 65536, and for nothing else`;
  }
  const ends = layers.flat();
  if (!ends.every((end, i) => i === 0 || end > ends[i - 1])) {
    return `the adapted layers are ${layers.join("; ")}: they must be runs, in order`;
  }
  if (!(adds || setting.trainHead) || (method === "head" && task.kind === "similarity")) {
    return "nothing is trained";
  }
  const within = (value: number, low: number, high: number) => value >= low && value <= high;
  if (!within(maxTokens, 1, largestSize)) return `maxTokens is ${maxTokens}`;
  if (!within(seed, 0, Number.MAX_SAFE_INTEGER)) return `seed is ${seed}`;
  if (setting.modelChecksum >= 2 ** 32) return `the model's checksum is ${setting.modelChecksum}`;
  if (!within(dimension, 1, mostCoefficients)) {
    return `dimension is ${dimension}: it must be in 1 .. ${mostCoefficients}`;
  }
  if (choices < 1) return `choices is ${choices}: it must be at least 1`;
  if (!within(levels, 2, mostLevels)) {
    return `levels is ${levels}: it must be in 2 .. ${mostLevels}`;
  }
  return undefined;
}
