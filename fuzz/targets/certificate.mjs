// The file of a certificate: integers of seven bits a byte, half-precision numbers and a range code, with
// a checksum that anybody can make.
import { decodeCertificate, encodeSymbols } from "../../build/fuzz/sources.mjs";
import { encodeModelFile, sealModelFile } from "../model-bytes.mjs";

/** Bits of half-precision numbers, ascending: -2, -1, 0, 0.5, 1. */
const halves = [0xc000, 0xbc00, 0, 0x3800, 0x3c00];

export default {
  name: "certificate",

  specimen(random) {
    const sizes = random.list(2, 4, () => random.between(1, 6));
    const biases = random.below(2);
    const layers = sizes.slice(1).map((size, l) => [sizes[l], size]);
    const size = layers.reduce((sum, [inputs, outputs]) => sum + outputs * (inputs + biases), 0);
    // Dense, or cores of rank 2.
    const cores = random.chance(0.4);
    const rank = cores ? 2 : 0;
    const side = (layer) => Math.min(rank, ...layer);
    const dimension = cores
      ? layers.reduce((sum, layer) => sum + side(layer) * side(layer), 0)
      : random.between(1, size);
    const bases = cores ? random.below(3) : 0;
    const split = bases === 1 || random.chance(0.3) ? [3, 9] : [0, 0];
    const levels = random.between(2, halves.length);
    const symbols = random.list(dimension, dimension, () => random.below(levels));
    const numbers = layers.reduce((sum, layer) => sum + side(layer) * (layer[0] + layer[1]), 0);
    const frames = random.list(numbers, numbers, () => random.pick(halves));
    const tree = {
      magic: "LRCERTIF",
      version: 1,
      length: undefined,
      fields: [
        ...[sizes.length, ...sizes, biases, 0, cores ? 7 : 1, rank, dimension, 0],
        ...[random.below(2 ** 32), bases, ...split, random.below(2) * 77, 4, levels],
      ].map((value) => ["varint", value]),
    };
    if (bases === 2) tree.fields.push(["array", Uint16Array.from(frames)]);
    tree.fields.push(["array", Uint16Array.from(halves.slice(0, levels))]);
    tree.fields.push(["array", encodeSymbols(symbols, levels)]);
    return { tree, value: { sizes: [...sizes], dimension, symbols: Int32Array.from(symbols) } };
  },

  encode: encodeModelFile,
  seal: sealModelFile,

  read(bytes) {
    const { setting, symbols, codebook, bits, fileBits } = decodeCertificate("certificate", bytes);
    if (!(bits >= 0 && fileBits >= 0 && codebook.every(Number.isFinite))) {
      throw new Error(`the bits are ${bits} and ${fileBits}`);
    }
    return { sizes: [...setting.sizes], dimension: setting.dimension, symbols };
  },
};
