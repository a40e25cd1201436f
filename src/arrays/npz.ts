import { openZip } from "./zip.ts";

/** An opened `.npz` archive: `.npy` files by the names of their arrays. */
export interface NpzArchive {
  names: readonly string[];
  /** Bytes of each array's file, by its name. */
  sizes: ReadonlyMap<string, number>;
  /** Unpacks the named arrays' files; without names all of them. @throws DataError `ZIP_*` */
  unpack(names?: readonly string[]): Map<string, Uint8Array>;
}

/**
 * Opens an archive; arrays are unpacked when they are asked for.
 * @throws DataError `ZIP_UNREADABLE`, `ZIP_LARGE`, `ZIP_TWICE`
 */
export function openNpz(file: string): NpzArchive {
  const archive = openZip(file, ".npz");
  const sizes = new Map(
    [...archive.sizes].flatMap(([name, size]) =>
      name.endsWith(".npy") ? [[arrayName(name), size] as const] : [],
    ),
  );
  const names = [...sizes.keys()];
  return {
    names,
    sizes,
    unpack(wanted = names) {
      const files = archive.unpack(wanted.map((name) => `${name}.npy`));
      return new Map([...files].map(([name, data]) => [arrayName(name), data]));
    },
  };
}

const arrayName = (entry: string): string => entry.slice(0, -".npy".length);
