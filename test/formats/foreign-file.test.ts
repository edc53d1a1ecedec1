import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { foreignFile } from "../../src/formats/foreign-file.js";
import { encodeNpy } from "../../src/formats/npy.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32 } from "../../src/formats/stored-tensor.js";

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, "utf16le"));
/** The beginning of a zip archive, whose first file has that name. */
const zip = (name: string) => latin1(`PK\x03\x04${"\x08\0".repeat(13)}${name}`);

test.each<[string, Uint8Array, string]>([
  ["xlsx", zip("[Content_Types].xml"), "an Excel workbook: save it as CSV (UTF-8)"],
  ["xls", latin1("\xd0\xcf\x11\xe0\xa1\xb1"), "an Excel workbook (.xls): save it as CSV (UTF-8)"],
  ["ods", zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "a spreadsheet: save it"],
  ["npz", zip("arr_0.npy"), "a zip archive of .npy files (.npz): numpy.save"],
  ["PyTorch", zip("archive/data.pkl"), "a file of PyTorch: save_pretrained"],
  ["zip", zip("ratings.csv"), "a zip archive: unpack it"],
  ["an empty zip", latin1(`PK\x05\x06${"\0".repeat(18)}`), "a zip archive: unpack it"],
  ["gzip", gzipSync("text"), "a gzip file: unpack it"],
  ["bzip2", latin1("BZh91AY"), "a bzip2 file: unpack it"],
  ["xz", latin1("\xfd7zXZ\0\0"), "an xz file: unpack it"],
  ["zstd", latin1("\x28\xb5\x2f\xfd\x04"), "a zstd file: unpack it"],
  ["tar", latin1(`${"a.csv".padEnd(257, "\0")}ustar\x0000`), "a tar archive: unpack it"],
  ["Parquet", latin1("PAR1\x15\x04"), "a Parquet file: pandas.read_parquet"],
  ["Arrow", latin1("ARROW1\0\0"), "an Arrow file: pandas.read_feather"],
  ["SQLite", latin1("SQLite format 3\0"), "an SQLite database: export"],
  ["HDF5", latin1("\x89HDF\r\n\x1a\n"), "an HDF5 file (.h5, or MATLAB's .mat): export"],
  ["a pickle", latin1("\x80\x04\x95\0"), "a pickle of Python: write the data"],
  ["a PDF", latin1("%PDF-1.7"), "a PDF: export"],
  [".npy", encodeNpy({ shape: [1], data: Float64Array.of(1) }), "a .npy file of NumPy"],
  [
    "safetensors",
    encodeSafetensors([["a", fromFloat32([1], Float32Array.of(1))]]),
    "a safetensors",
  ],
  ["a web page", latin1("\n<!DOCTYPE HTML>"), "a web page: download the file itself"],
  ["LFS", latin1("version https://git-lfs.github.com/spec/v1"), "a pointer of Git LFS"],
  ["UTF-16", utf16("\ufeffa,b\n"), "text in UTF-16: save it as UTF-8"],
  ["UTF-16 without a mark", utf16("a,b\n1,2\n"), "text in UTF-16: save it as UTF-8"],
  ["UTF-16, the other order", utf16("a,b\n").reverse(), "text in UTF-16: save it as UTF-8"],
  ["a JSON array", latin1('\n [\n{"a": 1}]'), "a JSON array: JSON Lines are read"],
])("foreignFile names %s and the way out", (_, bytes, told) => {
  expect(foreignFile(bytes)).toContain(`it is ${told}`);
});

test.each([
  "",
  "a",
  "a,b\n1,2\n",
  '{"a": 1}\n',
  '"a","b"\n',
  "[a],b\n",
  "<b>bold</b>,1\n",
  "Zoë,é\n",
])("foreignFile knows nothing against %o", (text) => {
  expect(foreignFile(new TextEncoder().encode(text))).toBe(undefined);
});
