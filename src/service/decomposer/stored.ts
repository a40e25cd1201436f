import { z } from "zod";
import { type LogNotice, openCheckedLog } from "../../core/checked-log.ts";
import { OppoError, ServiceError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";
import type { RowReader } from "../../core/row-log.ts";
import { type CueSet, cueModalities } from "../../cues/cue.ts";
import { RequestError } from "../request-error.ts";
import { resultCache } from "../work/result-cache.ts";
import type { Decomposer } from "./port.ts";

/** References held in memory. */
const maxEntries = 100_000;

const offset = z.int().min(0);
const row = z.strictObject({
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
 * `notice` hears of rows that can't be believed: their references are decomposed again.
 * @throws ServiceError DECOMPOSITIONS_FILE for a row that is none; (decompose) RequestError 503
 *   STATE_WRITE where the row can't be written.
 */
export function storedDecomposer(inner: Decomposer, file?: string, notice?: LogNotice): Decomposer {
  const known = resultCache<CueSet>(maxEntries);
  const { rows, append } = openCheckedLog(file, readRow, notice);
  for (const { decomposer, sha256: hash, cues, extractor } of rows) {
    if (decomposer === inner.id) known.set(hash, Promise.resolve({ cues, extractor }));
  }

  async function decompose(reference: string, hash: string): Promise<CueSet> {
    const set = await inner.decompose(reference);
    try {
      append([{ decomposer: inner.id, sha256: hash, ...set, cues: [...set.cues] }]);
    } catch (cause) {
      if (cause instanceof OppoError) throw notKept(cause);
      throw cause;
    }
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

/** An answer that is not kept could be another one after a restart: none is given. */
const notKept = (cause: OppoError): RequestError =>
  new RequestError(503, "STATE_WRITE", `cues can't be kept: ${cause.message}`, {
    retryAfterSec: 5,
    cause,
  });

const readRow: RowReader<Row> = (value, place) => {
  const parsed = row.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ServiceError("DECOMPOSITIONS_FILE", "row is not a stored decomposition", {
    ...place,
    hint: "move the file away: rules rebuild it in milliseconds, a model at its usual cost",
  });
};
