/**
 * What a file that somebody hands in may ask of this program. A few hundred bytes can describe
 * gigabytes: whatever is made from a file is counted first, and the refusal names the limit.
 */
export const limits = {
  /** Bytes of a text file: more do not fit one JavaScript string. */
  textBytes: 500 * 2 ** 20,
  /** Objects and lists inside one another, in JSON. */
  jsonDepth: 500,
  /** Values that aliases of a YAML file may repeat: ten in ten in ten are thousands. */
  yamlAliases: 100,
  /** Bytes of a zip archive: Node reads no larger file into one buffer. */
  zipBytes: 2 ** 31 - 1,
  /** Bytes of the members of a zip archive that are unpacked at once. */
  unpackedBytes: 2 ** 30,
  /** Bytes of a spreadsheet, unpacked: it is held as a tree of XML. */
  sheetBytes: 64 * 2 ** 20,
  /** Cells of a sheet, from its first to its last: one far away makes all before it. */
  sheetCells: 4_000_000,
  /** Numbers, texts and lists of a file of numpy or a pickle, each time one is told again. */
  arrayValues: 50_000_000,
  /** Dimensions of an array, as in numpy itself. */
  dimensions: 64,
  /** Lists inside one another, in a pickle. */
  pickleDepth: 500,
  /** Bytes of a whole number in a pickle; reading it takes the square of them. */
  integerBytes: 1024,
} as const;

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** 2147483648 as "2 GiB". */
export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 2 ** (10 * power)).toFixed(1))} ${units[power]}`;
}
