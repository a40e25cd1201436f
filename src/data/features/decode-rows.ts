import { setImmediate } from "node:timers/promises";
import { MediaError, type OppoError } from "../../core/errors.ts";
import { type ProgressListener, silent } from "../../core/progress.ts";
import { defaultWorkers, runJobs } from "../../core/work-pool.ts";
import { requireFaceDetector } from "../../media/framing/human.ts";
import type { FeatureOptions } from "../../media/options.ts";
import type { ClipRow } from "../clip-row.ts";
import { mediaContent } from "./content.ts";
import { type DecodeJob, decodeJobs } from "./decode.ts";
import { type Failure, failuresError } from "./failures.ts";
import { framingNotes } from "./framing-notes.ts";
import { type DecodedStreams, openFeatureStore } from "./store.ts";
import type { StreamName } from "./streams.ts";

/** How features of many clips are made and watched. */
export interface FeatureSettings {
  /** Folder of the run's own; decoded features are kept there (`features-<hash>.bin`). */
  folder: string;
  options: FeatureOptions;
  progress?: ProgressListener | undefined;
  signal?: AbortSignal | undefined;
  /** Worker threads; default: one per core, at most 8. 0 decodes in this thread. */
  workers?: number | undefined;
}

/** Streams of every row by id, and sentences about how they were made. */
export interface DecodedRows {
  byId: Map<string, DecodedStreams>;
  notes: readonly string[];
}

/** A job, and the rows whose media it decodes: several where their files hold the same. */
interface Group extends DecodeJob {
  ids: string[];
}

const leaveOut =
  "leave them out of the list or repair the files; `oppo inspect` says what each clip has";
const lookAtAll = "set `features.faceMissing: whole` for clips without one face to follow";

/**
 * The given streams of every row, decoded from its media, by clip id. What the folder's store holds
 * of the same content is not decoded again; a killed call goes on where it was.
 * @throws DataError `CLIPS_UNREADABLE` naming every clip that cannot be decoded, or framed as the
 *   options say, once the others are; MediaError `FACE_INSTALL` before any is.
 */
export async function decodeRows(
  rows: readonly Pick<ClipRow, "id" | "media">[],
  streams: readonly StreamName[],
  { folder, options, progress = silent, signal, workers = defaultWorkers() }: FeatureSettings,
): Promise<DecodedRows> {
  const out = new Map<string, DecodedStreams>();
  if (streams.length === 0) return { byId: out, notes: [] };
  const contents = await contentsOf(rows, streams, progress, signal);
  const store = openFeatureStore(folder, options, streams);
  const known = store.read(new Set(contents.values()));
  const groups = new Map<string, Group>();
  for (const { id, media } of rows) {
    const content = contents.get(id)!;
    const stored = known.get(content);
    if (stored) out.set(id, stored);
    // Missing files are no duplicates of each other.
    else if (content !== "" && groups.has(content)) groups.get(content)!.ids.push(id);
    else groups.set(content || `missing/${id}`, { ids: [id], media, streams, options });
  }
  const framesFaces = options.framing === "face" && streams.includes("video");
  if (framesFaces && groups.size > 0) requireFaceDetector();
  const report = () => progress({ step: "decode clips", done: out.size, total: rows.length });
  report();
  const failures: Failure[] = [];
  const onFailure = (error: OppoError, { ids }: Group): void => {
    failures.push({ ids, error: withoutHint(error) });
  };
  const pool = { workers, signal, onFailure };
  await runJobs(decodeJobs, [...groups.values()], pool, (clip, { ids }) => {
    store.append(clip);
    for (const id of ids) out.set(id, clip.decoded);
    report();
  });
  if (failures.length > 0) {
    const what = `${rows.length} clips cannot be decoded${framesFaces ? " and framed" : ""}`;
    const hint = framesFaces ? `${lookAtAll}; or ${leaveOut}` : leaveOut;
    throw failuresError("CLIPS_UNREADABLE", what, hint, failures);
  }
  if (!framesFaces) return { byId: out, notes: [] };
  const framed = rows.map(({ id }) => ({ id, framing: store.framings.get(contents.get(id)!) }));
  return { byId: out, notes: framingNotes(framed) };
}

/** Milliseconds of reading files between two looks at the rest of the program. */
const msPerTurn = 500;

/**
 * Content of every row's media by id. Gigabytes of film take a while: then it says how far it is.
 */
async function contentsOf(
  rows: readonly Pick<ClipRow, "id" | "media">[],
  streams: readonly StreamName[],
  progress: ProgressListener,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  let last = performance.now();
  for (const { id, media } of rows) {
    contents.set(id, mediaContent(media, streams));
    if (performance.now() - last < msPerTurn) continue;
    progress({ step: "look for changed clips", done: contents.size, total: rows.length });
    await setImmediate();
    signal?.throwIfAborted();
    last = performance.now();
  }
  return contents;
}

/** Without its hint, which is for callers of `readClip`. */
function withoutHint(error: OppoError): OppoError {
  const { hint, ...details } = error.details;
  if (hint === undefined) return error;
  const bare = new MediaError(error.code, "", details);
  bare.message = error.message.replace(` (${hint})`, "");
  return bare;
}
