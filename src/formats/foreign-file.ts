// biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures of binary files hold them
// Files that people hand over instead of the one that is read: known by their first bytes, and
// the way out of each.

/** Beyond these bytes nothing is looked at. */
const lookedAt = 4096;

/** How a file begins, what it is, and what to do. Of several that fit, the first counts. */
const kinds: readonly (readonly [beginning: string | RegExp, is: string, remedy: string])[] = [
  [/^PK\x03\x04.*(?:\[Content_Types\]\.xml|xl\/)/s, "an Excel workbook", "save it as CSV (UTF-8)"],
  [/^PK\x03\x04.*opendocument\.spreadsheet/s, "a spreadsheet", "save it as CSV (UTF-8)"],
  [
    /^PK\x03\x04.{26}[^\0]*?\.npy/s,
    "a zip archive of .npy files (.npz)",
    "numpy.save of one of its arrays writes a .npy file",
  ],
  [
    /^PK\x03\x04.*data\.pkl/s,
    "a file of PyTorch",
    "save_pretrained, or safetensors.torch.save_file, writes safetensors",
  ],
  [/^PK(?:\x03\x04|\x05\x06|\x07\x08)/, "a zip archive", "unpack it"],
  ["\x1f\x8b", "a gzip file", "unpack it"],
  ["BZh", "a bzip2 file", "unpack it"],
  ["\xfd7zXZ\0", "an xz file", "unpack it"],
  ["\x28\xb5\x2f\xfd", "a zstd file", "unpack it"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"],
  ["Rar!\x1a\x07", "a rar archive", "unpack it"],
  [/^.{257}ustar/s, "a tar archive", "unpack it"],
  ["\xd0\xcf\x11\xe0", "an Excel workbook (.xls)", "save it as CSV (UTF-8)"],
  ["PAR1", "a Parquet file", "pandas.read_parquet(...).to_csv(..., index=False) writes CSV"],
  [
    /^(?:ARROW1|FEA1)/,
    "an Arrow file",
    "pandas.read_feather(...).to_csv(..., index=False) writes CSV",
  ],
  ["SQLite format 3\0", "an SQLite database", "export the table as CSV"],
  ["\x89HDF\r\n", "an HDF5 file (.h5, or MATLAB's .mat)", "export the data with h5py"],
  ["MATLAB 5.0 MAT-file", "a file of MATLAB", "export the data with scipy.io.loadmat"],
  ["\x93NUMPY", "a .npy file of NumPy", "only lowrank svd reads those"],
  [/^LOWRANK[MR]/, "a model that lowrank train wrote", "name the file of the data"],
  ["GGUF", "a GGUF model", "download the model's safetensors"],
  ["%PDF-", "a PDF", "export the data as text"],
  [
    /^\x80[\x02-\x05]/,
    "a pickle of Python",
    "write the data with numpy.save, to_csv or safetensors",
  ],
  [
    /^version https:\/\/git-lfs/,
    "a pointer of Git LFS and not the file itself",
    "git lfs pull, or a download, brings the file",
  ],
  [/^(?:RDX\d|X|A)\n/, "a file of R", "write.csv writes the table as CSV"],
  ["Obj\x01", "an Avro file", "export the table as CSV"],
  [/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)/i, "a web page", "download the file itself"],
  [/^(?:\xef\xbb\xbf)?\s*<\?xml/, "an XML file", "export the data as text"],
  [/^.{3}[\0-\x05]\0{4}\{/s, "a safetensors file", "name the file of the data"],
  [/^(?:\xff\xfe\0\0|\0\0\xfe\xff)/, "text in UTF-32", "save it as UTF-8"],
  [/^(?:\xff\xfe|\xfe\xff)/, "text in UTF-16", "save it as UTF-8"],
  [/^(?:[^\0]\0[^\0]\0|\0[^\0]\0[^\0])/, "text in UTF-16", "save it as UTF-8"],
  [
    /^(?:\xef\xbb\xbf)?\s*\[\s*[{[]/,
    "a JSON array",
    "JSON Lines are read, one object per line: jq -c '.[]' writes them",
  ],
  [/^\s*\{\s*'/, "Python literals instead of JSON", "json.dumps writes JSON"],
  [
    /^\d+:\r?\n\d+,\d+,\d{4}-\d\d-\d\d/,
    "in the layout of the Netflix Prize",
    "write the item, the user and the rating on each line",
  ],
];

/** What a file is and what to do: "it is a zip archive: unpack it". Undefined when it is not known. */
export function foreignFile(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, lookedAt));
  for (const [beginning, is, remedy] of kinds) {
    const fits =
      typeof beginning === "string" ? start.startsWith(beginning) : beginning.test(start);
    if (fits) return `it is ${is}: ${remedy}`;
  }
  return undefined;
}
