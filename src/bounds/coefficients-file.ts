// The end of every certificate: codebook (halves, ascending) and symbols (their range code, to the end).
import { decodeSymbols, encodeSymbols } from "../codes/symbols.js";
import type { ByteReader, ByteWriter } from "../completion/byte-stream.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { log } from "../linalg/elementary.js";
import type { QuantizedCoefficients } from "./coefficients.js";
import { fromHalves, halves } from "./quantizer.js";

export function writeCoefficients(
  writer: ByteWriter,
  { codebook, symbols }: QuantizedCoefficients,
): void {
  writer.bytes(halves(codebook));
  writer.bytes(encodeSymbols(symbols, codebook.length));
}

/**
 * @returns the coefficients, and the bits that they take.
 * @throws ModelFileError when they are not what `writeCoefficients` writes.
 */
export function readCoefficients(
  reader: ByteReader,
  levels: number,
  dimension: number,
): QuantizedCoefficients & { bits: number } {
  const codebook = fromHalves(reader.u8Array(2 * levels));
  if (!codebook.every((level, i) => Number.isFinite(level) && !(level < codebook[i - 1]))) {
    throw damaged("its codebook is not finite and ascending");
  }
  const code = reader.u8Array(reader.left);
  const symbols = decodeSymbols(code, levels, dimension) as Int32Array<ArrayBuffer>;
  const again = encodeSymbols(symbols, levels);
  if (again.length !== code.length || !again.every((byte, i) => byte === code[i])) {
    throw damaged("its symbols are not what their code says");
  }
  return { codebook, symbols, bits: 8 * code.length + 16 * levels };
}

/** What the choice of a setting costs: log2 of how many there were, rounded up. */
export const choiceBits = (choices: number): number => Math.ceil(log(choices) / Math.LN2 - 1e-9);

/** What a certificate says that none can say. */
export const damaged = (reason: string) => new ModelFileError(`it is damaged: ${reason}`);

/** One of the words that a certificate numbers. @throws ModelFileError when there is none. */
export function readWord<T>(reader: ByteReader, what: string, words: readonly T[]): T {
  const index = reader.varint();
  if (index >= words.length) throw damaged(`its ${what} is number ${index}`);
  return words[index];
}

/** As many entries as the file says. @throws ModelFileError when they are more than `most`. */
export function readList<T>(reader: ByteReader, what: string, most: number, entry: () => T): T[] {
  const count = reader.varint();
  if (count > most) throw damaged(`it has ${count} ${what}`);
  return Array.from({ length: count }, entry);
}
