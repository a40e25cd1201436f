import { readSynonymGroups, type SynonymGroups } from "../mer-unibench/index.ts";
import { labels, mapValues } from "./predictions.ts";
import { readRecords } from "./records.ts";
import { sources } from "./sources.ts";

/**
 * Synonym groups by sample, as MER2024-OV keeps them (`openset-synonym.json`, id → "[['mad',
 * 'angry'], ['happy']]").
 * @throws BenchError what `readRecords` throws, `VALUE_KIND` where a sample has no text
 */
export async function readSynonyms(file: string): Promise<SynonymGroups> {
  const records = await readRecords(file, ["synonym", "openset"], sources.synonyms);
  return mapValues(records, file, (value, id) =>
    readSynonymGroups(String(labels(value, id, file) ?? "")),
  );
}
