// What every model file has around its fields. Little-endian:
//   8 bytes  the magic of its kind
//   u32      version
//   u32      length of the whole file
//   ...      the fields
//   u32      CRC-32 of everything before
// Magic, length and checksum are in the same place in every version. A changed byte anywhere breaks the
// checksum, and a cut file its length.
import { plainBytes } from "../formats/bytes.js";
import { crc32 } from "../formats/checksum.js";
import { ByteReader, ByteWriter } from "./byte-stream.js";
import { ModelFileError } from "./model-file-error.js";

/** A kind of model file. */
export interface FileKind {
  /** Eight ASCII letters. */
  readonly magic: string;
  /** The newest version; all before it are read too. */
  readonly version: number;
}

const versionAt = 8;
const lengthAt = 12;
const fieldsAt = 16;
/** Magic, version, length and checksum. */
const minLength = 20;

/** A writer that waits for the fields. @param version - what the fields will be of. */
export function beginFrame({ magic, version: newest }: FileKind, version = newest): ByteWriter {
  const writer = new ByteWriter();
  writer.bytes(Uint8Array.from(magic, (letter) => letter.charCodeAt(0)));
  writer.u32(version);
  writer.u32(0);
  return writer;
}

/** The file, once all fields are written. */
export function endFrame(writer: ByteWriter): Uint8Array<ArrayBuffer> {
  writer.u32(0);
  const bytes = writer.finish();
  const view = new DataView(bytes.buffer);
  view.setUint32(lengthAt, bytes.length, true);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}

/**
 * A reader of the fields. Magic, length, checksum and version are checked in the order that explains
 * most.
 *
 * @throws ModelFileError; TypeError for what is not bytes.
 */
export function openFrame(
  kind: FileKind,
  name: string,
  given: Uint8Array,
): { version: number; reader: ByteReader } {
  const bytes = plainBytes(name, "bytes", given);
  if (!hasMagic(kind, bytes)) {
    throw new ModelFileError(
      `it is not a model file of lowrank: it does not begin with ${kind.magic}`,
    );
  }
  if (bytes.length < minLength) {
    throw new ModelFileError(`it is cut off after ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(lengthAt, true);
  if (length !== bytes.length) {
    throw new ModelFileError(`it is damaged: it has ${bytes.length} bytes and must have ${length}`);
  }
  if (view.getUint32(bytes.length - 4, true) !== crc32(bytes.subarray(0, -4))) {
    throw new ModelFileError("it is damaged: its checksum does not fit");
  }
  const version = view.getUint32(versionAt, true);
  if (version < 1 || version > kind.version) {
    const known = kind.version === 1 ? "version 1" : `versions 1 to ${kind.version}`;
    throw new ModelFileError(`its version is ${version}: this program reads ${known}`);
  }
  return { version, reader: new ByteReader(bytes.subarray(fieldsAt, -4)) };
}

/** Whether bytes begin as files of this kind do. */
function hasMagic({ magic }: FileKind, bytes: Uint8Array): boolean {
  return Array.from(magic).every((letter, i) => bytes[i] === letter.charCodeAt(0));
}
