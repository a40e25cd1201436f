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
} as const;

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** 2147483648 as "2 GiB". */
export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return `${Number((bytes / 2 ** (10 * power)).toFixed(1))} ${units[power]}`;
}
