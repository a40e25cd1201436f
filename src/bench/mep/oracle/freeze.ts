import { existsSync } from "node:fs";
import { BenchError } from "../../../core/errors.ts";
import { readJson, writeJson } from "../../../core/files.ts";
import type { MepItems } from "./item.ts";
import { contentHash } from "./items.ts";

interface FrozenItems {
  contentHash: string;
  items: MepItems;
}

/**
 * Writes the items with their hash, before any training. An existing file with the same items is
 * left alone. Returns the hash.
 * @throws BenchError `ITEMS_FROZEN` when the file holds other items: they would be chosen after the
 *   fact.
 */
export function freezeItems(path: string, items: MepItems): string {
  const hash = contentHash(items);
  if (existsSync(path)) {
    const frozen = contentHash(readItems(path));
    if (frozen !== hash) {
      throw new BenchError(
        "ITEMS_FROZEN",
        `frozen items ${short(frozen)} differ from ${short(hash)}`,
        {
          file: path,
          hint: "corpus, lexicon or bench options changed after freezing; start a new run folder",
        },
      );
    }
    return hash;
  }
  writeJson(path, { contentHash: hash, items } satisfies FrozenItems);
  return hash;
}

/**
 * Reads frozen items and checks them against their hash.
 * @throws BenchError `ITEMS_UNREADABLE` or `ITEMS_CHANGED`.
 */
export function readItems(path: string): MepItems {
  let frozen: FrozenItems;
  try {
    frozen = readJson<FrozenItems>(path);
  } catch (cause) {
    throw new BenchError("ITEMS_UNREADABLE", "the item file is missing or not JSON", {
      file: path,
      cause,
    });
  }
  const hash = frozen.items === undefined ? "none" : contentHash(frozen.items);
  if (hash !== frozen.contentHash) {
    throw new BenchError(
      "ITEMS_CHANGED",
      `content hash is ${short(hash)}, the file says ${short(String(frozen.contentHash))}`,
      { file: path, hint: "the items were edited after freezing; results on them don't compare" },
    );
  }
  return frozen.items;
}

const short = (hash: string): string => hash.slice(0, 12);
