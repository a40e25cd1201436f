import { existsSync, readFileSync } from "node:fs";
import { BenchError } from "../../../core/errors.ts";
import { canonicalJson, sha256, writeFileAtomic } from "../../../core/files.ts";

interface Frozen<Items> {
  contentHash: string;
  items: Items;
}

/** sha256 of the items' canonical JSON. */
export const contentHash = (items: unknown): string => sha256(canonicalJson(items));

/** The item file: items with their hash. Same items, same bytes. */
export function encodeFrozen(items: unknown, indent: number): string {
  return `${JSON.stringify({ contentHash: contentHash(items), items }, null, indent)}\n`;
}

/**
 * Items of an item file's text, checked against their hash.
 * @throws BenchError `ITEMS_UNREADABLE` where it is no item file, `ITEMS_CHANGED`.
 */
export function decodeFrozen<Items>(text: string, file: string): Items {
  let frozen: Partial<Frozen<Items>> | null;
  try {
    frozen = JSON.parse(text) as typeof frozen;
  } catch (cause) {
    throw new BenchError("ITEMS_UNREADABLE", "the item file is not JSON", {
      file,
      cause,
      hint: "it was cut short or is another file: freeze the items again",
    });
  }
  const items = frozen?.items;
  if (items === undefined) {
    throw new BenchError("ITEMS_UNREADABLE", "no MEP-Bench items in this file", {
      file,
      hint: "`oppo bench mep build` and `oppo run` write item files",
    });
  }
  const hash = contentHash(items);
  if (hash === frozen?.contentHash) return items;
  const said = String(frozen?.contentHash);
  throw new BenchError(
    "ITEMS_CHANGED",
    `content hash is ${short(hash)}, the file says ${short(said)}`,
    { file, hint: "the items were edited after freezing; results on them don't compare" },
  );
}

/**
 * Reads frozen items and checks them against their hash.
 * @throws BenchError `ITEMS_UNREADABLE` or `ITEMS_CHANGED`.
 */
export function readFrozen<Items>(file: string): Items {
  if (existsSync(file)) return decodeFrozen(readFileSync(file, "utf8"), file);
  throw new BenchError("ITEMS_UNREADABLE", "the item file is missing", {
    file,
    hint: "items are frozen before training: begin the run anew, or restore the file",
  });
}

/**
 * Writes the items with their hash, before any training. An existing file with the same items is left
 * alone. Returns the hash.
 * @throws BenchError `ITEMS_FROZEN` when the file holds other items: they would be chosen after the fact.
 */
export function freeze(file: string, items: unknown, indent: number): string {
  const hash = contentHash(items);
  if (!existsSync(file)) {
    writeFileAtomic(file, encodeFrozen(items, indent));
    return hash;
  }
  const frozen = contentHash(readFrozen(file));
  if (frozen === hash) return hash;
  throw new BenchError("ITEMS_FROZEN", `frozen items ${short(frozen)} differ from ${short(hash)}`, {
    file,
    hint: "clips, references, lexicon or bench options changed after freezing; start a new run folder",
  });
}

const short = (hash: string): string => hash.slice(0, 12);
