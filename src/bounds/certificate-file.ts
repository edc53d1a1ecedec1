// A certificate as bytes. In the frame of every model file (model-frame.ts), integers as varints:
//   sizes: how many, and each; biases: 0 or 1; update; map; rank; dimension
//   ranges: how many, and start and end of each
//   seed; bases; samples of the split; all samples; checksum of the start; choices; levels
//   frames: halves, where they are paid for
//   codebook and symbols
import type { ByteReader } from "../completion/byte-stream.js";
import { beginFrame, endFrame, type FileKind, openFrame } from "../completion/model-frame.js";
import { Matrix } from "../linalg/matrix.js";
import { coreSize, type LayerFrames } from "../maps/layer-cores.js";
import type { FeedForward } from "../networks/feed-forward.js";
import type { QuantizedCoefficients } from "./coefficients.js";
import {
  choiceBits,
  damaged,
  readCoefficients,
  readList,
  readWord,
  writeCoefficients,
} from "./coefficients-file.js";
import { networkOf, settingFault } from "./hypothesis.js";
import { fromHalves, halves } from "./quantizer.js";
import { basesKinds, type CertificateSetting, mapKinds, updateKinds } from "./setting.js";

const kind: FileKind = { magic: "LRCERTIF", version: 1 };
/** What a certificate says, and how long it is. */
export interface CertificateContents extends QuantizedCoefficients {
  readonly setting: CertificateSetting;
  /** Where they are in the file, in f64. */
  readonly frames: readonly LayerFrames[] | undefined;
  /**
   * Bits of the model given its setting: codebook, symbols, frames that are paid for, and log2 of the
   * choices, rounded up.
   */
  readonly bits: number;
  /** Bits of all that the file says, the setting included: nothing is taken on trust. */
  readonly fileBits: number;
}

export function encodeCertificate(
  setting: CertificateSetting,
  coefficients: QuantizedCoefficients,
  frames: readonly LayerFrames[] | undefined,
): Uint8Array<ArrayBuffer> {
  const writer = beginFrame(kind);
  const { sizes, ranges } = setting;
  for (const value of [
    ...[sizes.length, ...sizes, setting.biases ? 1 : 0],
    ...[updateKinds.indexOf(setting.update), mapKinds.indexOf(setting.map)],
    ...[setting.rank, setting.dimension, ranges.length, ...ranges.flat()],
    ...[setting.seed, basesKinds.indexOf(setting.bases)],
    ...[setting.splitSamples, setting.samples, setting.startChecksum],
    ...[setting.choices, setting.levels],
  ]) {
    writer.varint(value);
  }
  for (const { U, V } of frames ?? []) for (const F of [U, V]) writer.bytes(halves(F.data));
  writeCoefficients(writer, coefficients);
  return endFrame(writer);
}

/**
 * @throws ModelFileError when the bytes are not a certificate, whole and unchanged, or say what no
 *   certificate can say; TypeError when they are not bytes.
 */
export function decodeCertificate(name: string, file: Uint8Array): CertificateContents {
  const { reader } = openFrame(kind, name, file);
  const fileBits = 8 * reader.left;
  const setting = readSetting(reader);
  const network = networkOf(setting);
  const frames = setting.bases === "paid" ? readFrames(reader, network, setting.rank) : undefined;
  const { levels, dimension, choices } = setting;
  const { bits, ...coefficients } = readCoefficients(reader, levels, dimension);
  const paid = (frames ?? []).reduce((sum, { U, V }) => sum + U.data.length + V.data.length, 0);
  const allBits = bits + 16 * paid + choiceBits(choices);
  return { setting, ...coefficients, frames, bits: allBits, fileBits };
}

/** More sizes or ranges than these are not read. */
const [mostSizes, mostRanges] = [64, 1024];

function readSetting(reader: ByteReader): CertificateSetting {
  const sizes = readList(reader, "sizes", mostSizes, () => reader.varint());
  const biases = readWord(reader, "flag of biases", [false, true]);
  const update = readWord(reader, "update", updateKinds);
  const map = readWord(reader, "map", mapKinds);
  const rank = reader.varint();
  const dimension = reader.varint();
  const range = () => [reader.varint(), reader.varint()] as const;
  const ranges = readList(reader, "ranges", mostRanges, range);
  const setting: CertificateSetting = {
    ...{ sizes, biases, update, map, rank, dimension, ranges },
    seed: reader.varint(),
    bases: readWord(reader, "bases", basesKinds),
    splitSamples: reader.varint(),
    samples: reader.varint(),
    startChecksum: reader.varint(),
    choices: reader.varint(),
    levels: reader.varint(),
  };
  const wrong = settingFault(setting);
  if (wrong) throw damaged(wrong);
  return setting;
}

/** Frames as they are computed with, in f64, of the numbers that the file keeps. */
function readFrames(reader: ByteReader, network: FeedForward, rank: number): LayerFrames[] {
  return network.layers.map(({ inputs, outputs }) => {
    const [U, V] = [outputs, inputs].map((rows) => {
      const cols = coreSize(rank, { rows: outputs, cols: inputs });
      const numbers = fromHalves(reader.u8Array(2 * rows * cols));
      if (!numbers.every(Number.isFinite)) throw damaged("its frames are not finite");
      return new Matrix(rows, cols, Float64Array.from(numbers));
    });
    return { U, V };
  });
}

/** Frames as a certificate keeps them. */
export const roundedFrames = (frames: readonly LayerFrames[]): LayerFrames[] =>
  frames.map(({ U, V }) => {
    const [u, v] = [U, V].map(
      (F) => new Matrix(F.rows, F.cols, Float64Array.from(fromHalves(halves(F.data)))),
    );
    return { U: u, V: v };
  });
