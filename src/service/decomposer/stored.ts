import { z } from "zod";
import { ServiceError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";
import { openRowLog, type RowReader } from "../../core/row-log.ts";
import { type CueSet, cueModalities } from "../../cues/cue.ts";
import { resultCache } from "../work/result-cache.ts";
import type { Decomposer } from "./port.ts";

/** References held in memory. */
const maxEntries = 100_000;

const offset = z.int().min(0);
const row = z.object({
  decomposer: z.string(),
  /** Of the reference's UTF-8 bytes. */
  sha256: z.string(),
  cues: z.array(
    z.object({
      modality: z.enum(cueModalities),
      text: z.string().min(1),
      positive: z.boolean(),
      span: z.object({ start: offset, end: offset }),
    }),
  ),
  extractor: z.string(),
});
type Row = z.infer<typeof row>;

/**
 * Remembers cue sets by reference text and decomposer id. With a `file` (JSONL) they survive a
 * restart: a row is on disk before anybody sees its cues, so an answer never changes after a crash.
 * @throws ServiceError DECOMPOSITIONS_FILE for a row that is none.
 */
export function storedDecomposer(inner: Decomposer, file?: string): Decomposer {
  const known = resultCache<CueSet>(maxEntries);
  const { rows, append } = openRowLog(file, readRow);
  for (const { decomposer, sha256: hash, cues, extractor } of rows) {
    if (decomposer === inner.id) known.set(hash, Promise.resolve({ cues, extractor }));
  }

  async function decompose(reference: string, hash: string): Promise<CueSet> {
    const set = await inner.decompose(reference);
    append([{ decomposer: inner.id, sha256: hash, ...set, cues: [...set.cues] }]);
    return set;
  }

  return {
    id: inner.id,
    decompose(reference) {
      const hash = sha256(reference);
      const before = known.get(hash);
      if (before) return before;
      const work = decompose(reference, hash);
      known.set(hash, work);
      return work;
    },
  };
}

const readRow: RowReader<Row> = (value, place) => {
  const parsed = row.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ServiceError("DECOMPOSITIONS_FILE", "row is not a stored decomposition", {
    ...place,
    hint: "move the file away: rules rebuild it in milliseconds, a model at its usual cost",
  });
};
