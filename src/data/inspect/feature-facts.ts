import type { ClipRow } from "../clip-row.ts";
import { readAll } from "../features/feature-files.ts";
import type { FeatureFacts } from "./clip.ts";

/**
 * Shapes of features made elsewhere by id, found by reading them as training will: what it would
 * refuse is a failure here. One token of each is held, so memory does not grow with their length.
 */
export function featureFacts(rows: readonly ClipRow[]): ReadonlyMap<string, FeatureFacts> {
  const own = rows.filter(({ features }) => features !== undefined);
  const facts = new Map(own.map(({ id }) => [id, { failures: [] } as Mutable]));
  const { read, failures } = readAll(own, { video: 1, audio: 1 });
  for (const { id, stream, rows: count, dim } of read)
    facts.get(id)![stream] = { rows: count, dim };
  for (const { ids, error } of failures) {
    for (const id of ids)
      facts.get(id)!.failures.push({ code: error.code, message: error.message });
  }
  return facts;
}

type Mutable = Omit<FeatureFacts, "failures"> & { failures: { code: string; message: string }[] };
