// The models that a setting describes: parameters of a network as a function of a few coefficients.
import { crc32 } from "../formats/checksum.js";
import { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import { leftOver } from "../maps/kronecker.js";
import {
  coreSize,
  type LayerFrames,
  type LayerPlace,
  layerCores,
  randomFrames,
} from "../maps/layer-cores.js";
import { projector } from "../maps/projector.js";
import type { SeededMap } from "../maps/seeded-map.js";
import type { BoundFeedForward } from "../networks/bound-feed-forward.js";
import { FeedForward } from "../networks/feed-forward.js";
import { Block, basicKernels, type FloatArray, type Job, withSharedJob } from "../wasm/index.js";
import { fullUpdate, loraUpdate, type Update } from "./low-rank-update.js";
import type { FittedSamples } from "./samples.js";
import type { CertificateSetting } from "./setting.js";

/** Coefficients to parameters, in a job. */
export interface BoundHypothesis {
  readonly network: BoundFeedForward;
  /** The network's parameters become those of the coefficients w. */
  place(w: Block): void;
  /** to <- the gradient with respect to w, from that of the network's parameters. */
  pull(to: Block): void;
}

export class Hypothesis {
  constructor(
    readonly network: FeedForward,
    /** theta0. */
    readonly start: FloatArray,
    readonly update: Update,
    readonly map: SeededMap,
  ) {}

  /** How many coefficients there are. */
  get dimension(): number {
    return this.map.dimension;
  }

  bind(job: Job, options: { trained: boolean }): BoundHypothesis {
    const { dtype } = this.network;
    const network = this.network.bind(job, options);
    const column = (data: FloatArray) =>
      Block.put(job, { dtype, rows: data.length, cols: 1, data });
    const update = this.update.bind(job, column(this.start));
    const origin = column(this.update.start);
    const [phi, dphi] = [origin, origin].map(({ length }) => Block.allocate(job, dtype, length, 1));
    const map = this.map.bind(job, dtype);
    const { axpy } = job.use(basicKernels)[dtype];
    return {
      network,
      place(w) {
        map.apply(w, phi);
        axpy(phi.length, 1, origin.handle, phi.handle);
        update.write(phi, network.parameters);
      },
      pull(to) {
        update.pull(phi, network.gradient, dphi);
        map.adjoint(dphi, to);
      },
    };
  }

  /** The network's parameters at the coefficients w. */
  parameters(w: Float32Array): Float32Array {
    return withSharedJob((job) => {
      const { network, place } = this.bind(job, { trained: false });
      place(Block.put(job, { dtype: "f32", rows: w.length, cols: 1, data: w }));
      return network.parameters.read() as Float32Array;
    });
  }
}

export const networkOf = ({ sizes, biases }: Pick<CertificateSetting, "sizes" | "biases">) =>
  new FeedForward({ sizes, biases, dtype: "f32" });

/** Where training starts: given parameters, or those of the seed. */
export const startOf = (
  network: FeedForward,
  seed: number,
  given: FloatArray | undefined,
): FloatArray => given ?? network.start({ seed });

/** The weights of a network, as the map of cores sees them. */
const layerPlaces = (network: FeedForward): LayerPlace[] =>
  network.layers.map(({ inputs, outputs, weight }) => ({
    ...{ place: weight, rows: outputs, cols: inputs },
  }));

/** The sides of the cores of each layer. */
export const coreSides = (network: FeedForward, rank: number): number[] =>
  layerPlaces(network).map((place) => coreSize(rank, place));

/** How many numbers an update has. */
const updateSize = (
  network: FeedForward,
  { update, rank }: Pick<CertificateSetting, "update" | "rank">,
): number =>
  update === "full"
    ? network.parameterCount
    : network.layers.reduce((sum, { inputs, outputs }) => sum + rank * (inputs + outputs), 0);

const square = (n: number) => n * n;

/** How many coefficients a setting has: given, or what its map makes them. */
export function dimensionOf(
  setting: Pick<CertificateSetting, "sizes" | "biases" | "update" | "map" | "rank">,
  given: number | undefined,
): number {
  const network = networkOf(setting);
  const size = updateSize(network, setting);
  if (setting.map === "identity") return size;
  if (setting.map === "cores") {
    return coreSides(network, setting.rank).reduce((sum, side) => sum + square(side), 0);
  }
  const root = Math.floor(Math.sqrt(Math.min(size, usualDimension)));
  return given ?? root * root;
}

/** A square, so that the columns of the Kronecker map are orthonormal. */
const usualDimension = 400;
/** Larger ones could not be read, or would keep a reader busy for minutes. */
const [mostParameters, mostCoefficients, mostLevels] = [2 ** 26, 2 ** 20, 256];

/** What a setting cannot be, in words; undefined where it can. */
export function settingFault(setting: CertificateSetting): string | undefined {
  const { sizes, update, map, rank, dimension, ranges, levels, choices } = setting;
  if (sizes.length < 2 || sizes.some((size) => size < 1)) {
    return `sizes is ${sizes.join(", ")}: there must be two or more, each at least 1`;
  }
  const count = sizes.slice(1).reduce((sum, size, l) => sum + size * (sizes[l] + 1), 0);
  if (!(count <= mostParameters))
    return `sizes makes ${count} parameters: at most ${mostParameters}`;
  if ((update === "lora" || map === "cores") !== rank > 0) {
    return `rank is ${rank}: it must be given for LoRA and for cores, and for nothing else`;
  }
  if (update === "lora" && map === "cores") return 'map is "cores": of LoRA it cannot be';
  const size = updateSize(networkOf(setting), setting);
  if (!(size <= mostParameters))
    return `rank is ${rank}: at most ${mostParameters} numbers may move`;
  const natural = dimensionOf(setting, dimension);
  const fixed = map === "cores" || map === "identity";
  if (dimension < 1 || dimension > size || (fixed && dimension !== natural)) {
    return `dimension is ${dimension}: it must be ${fixed ? natural : `in 1 .. ${size}`}`;
  }
  if (dimension > mostCoefficients) {
    return `dimension is ${dimension}: it must be at most ${mostCoefficients}`;
  }
  const { rows, cols } = leftOver(size, dimension);
  if (map.endsWith("kronecker") && cols > rows) {
    return `dimension is ${dimension}: it must be a square where ${size} numbers move`;
  }
  if (!ranges.flat().every((end, i, all) => end >= (all[i - 1] ?? 0) && end <= size)) {
    return `ranges is ${ranges.join("; ")}: they must be in order, and end by ${size}`;
  }
  if (map.startsWith("film") !== ranges.length > 0) {
    return "ranges must be given for the film maps, and for no other";
  }
  if (levels < 2 || levels > mostLevels)
    return `levels is ${levels}: it must be in 2 .. ${mostLevels}`;
  if (choices < 1) return `choices is ${choices}: it must be at least 1`;
  return splitFault(setting);
}

function splitFault(setting: CertificateSetting): string | undefined {
  const { map, bases, splitSamples, samples, startChecksum } = setting;
  if (bases !== "random" && map !== "cores") return `bases are ${bases}: only cores have bases`;
  if (bases === "split" && splitSamples === 0) return "bases are those of a split: there is none";
  const whole = splitSamples === 0 ? samples === 0 : splitSamples < samples;
  if (!whole) return `the split has ${splitSamples} of ${samples} samples: some must be left`;
  return startChecksum < 2 ** 32 ? undefined : `the checksum of the start is ${startChecksum}`;
}

/**
 * The models of a setting.
 *
 * @param given - the start, where the setting's is not that of the seed, and the frames, where they
 *   are not.
 */
export function hypothesisOf(
  setting: CertificateSetting,
  given: { start?: FloatArray | undefined; frames?: readonly LayerFrames[] | undefined },
): Hypothesis {
  const { update: kind, map: mapKind, rank, dimension, ranges, seed } = setting;
  const network = networkOf(setting);
  const update = kind === "full" ? fullUpdate(network) : loraUpdate(network, rank, seed);
  const size = update.start.length;
  const places = layerPlaces(network);
  const map =
    mapKind === "cores"
      ? layerCores(size, places, given.frames ?? randomFrames(places, rank, seed))
      : projector({
          ...{ kind: mapKind, size, dimension, seed },
          ...(mapKind.startsWith("film") ? { ranges } : {}),
        });
  return new Hypothesis(network, startOf(network, seed, given.start), update, map);
}

/**
 * The leading singular vectors of each layer's gradient at the start: frames that the samples choose,
 * so that a bound on the same samples must pay for them.
 */
export function gradientFrames(
  network: FeedForward,
  start: FloatArray,
  rank: number,
  { inputs, labels }: FittedSamples,
): LayerFrames[] {
  const { gradient } = network.lossGradient(start, inputs, labels);
  return layerPlaces(network).map((layer) => {
    const { place, rows, cols } = layer;
    const G = new Matrix(rows, cols, gradient.slice(place, place + rows * cols)).astype("f64");
    const { U, V } = svd(G);
    const size = coreSize(rank, layer);
    return { U: firstColumns(U, size), V: firstColumns(V, size) };
  });
}

function firstColumns(A: Matrix, count: number): Matrix {
  const kept = Matrix.zeros(A.rows, count);
  for (let i = 0; i < A.rows; i++) kept.row(i).set(A.row(i).subarray(0, kept.cols));
  return kept;
}

/** CRC-32 of parameters as f32, never 0, which stands for those of a seed. */
export function checksumOf(parameters: FloatArray): number {
  const data = Float32Array.from(parameters);
  return crc32(new Uint8Array(data.buffer)) || 1;
}
