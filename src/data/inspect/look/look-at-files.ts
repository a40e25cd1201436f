import { existsSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../../core/files.ts";
import type { ProgressListener } from "../../../core/progress.ts";
import { defaultWorkers, runJobs } from "../../../core/work-pool.ts";
import type { FileFacts } from "./facts.ts";
import { doLookJob, type LookJob, type LookResult, lookJobs } from "./job.ts";
import { type FactsJournal, openFactsJournal } from "./journal.ts";

export interface LookOptions {
  /** Folder that keeps what was found, and frames to show; null: nothing is kept. */
  cache: string | null;
  progress: ProgressListener;
  workers?: number;
  signal?: AbortSignal;
}

/** A file that was looked at. */
export interface LookedAt {
  /** Null where nothing could be read. */
  sha256: string | null;
  facts: FileFacts;
}

/** Below so many files a thread takes longer to start than the work takes. */
const filesWorthThreads = 8;

/**
 * Looks at every file on worker threads: hashes first, then each content once. What is found is
 * written down as it comes, so a killed call goes on where it was and a second one decodes nothing.
 * @param files absolute paths; a file may stand there twice
 */
export async function lookAtFiles(
  files: readonly string[],
  options: LookOptions,
): Promise<ReadonlyMap<string, LookedAt>> {
  const journal = openFactsJournal(journalFile(options.cache));
  const names = [...new Set(files)];
  const hashes = await hashAll(names, journal, options);
  const firstOf = new Map<string, string>();
  for (const [file, sha256] of hashes) {
    if (sha256 !== null && !firstOf.has(sha256)) firstOf.set(sha256, file);
  }
  const unknown = [...firstOf].filter(([sha256]) => !journal.factsOf(sha256));
  const jobs = unknown.map(
    ([sha256, file]): LookJob => ({
      kind: "look",
      file,
      sha256,
      // Showing them costs nothing more where all will be shown.
      shots: options.cache !== null && firstOf.size <= 64 ? shotsFile(options.cache, sha256) : null,
    }),
  );
  const done = { step: "look at clips", known: firstOf.size - unknown.length };
  await run(jobs, options, done, (result) => {
    if (result.kind === "look") journal.addFacts(result.sha256, result.facts);
  });
  const found = new Map<string, LookedAt>();
  for (const [file, sha256] of hashes) {
    const facts = sha256 === null ? await unreadable(file) : journal.factsOf(sha256)!;
    found.set(file, { sha256, facts });
  }
  return found;
}

/** Frames of the given files, as base64 JPEGs by content hash; made now where none were kept. */
export async function shotsOf(
  files: ReadonlyMap<string, string>,
  options: LookOptions & { cache: string },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const jobs = [...files].flatMap(([sha256, file]): LookJob[] => {
    const shots = shotsFile(options.cache, sha256);
    return existsSync(shots) ? [] : [{ kind: "look", file, sha256, shots }];
  });
  await run(jobs, options, { step: "take frames to show", known: 0 }, () => {});
  const read = (sha256: string) => readJson<readonly string[]>(shotsFile(options.cache, sha256));
  return new Map([...files.keys()].map((sha256) => [sha256, read(sha256)]));
}

const journalFile = (cache: string | null): string | null =>
  cache === null ? null : join(cache, "facts.jsonl");
const shotsFile = (cache: string, sha256: string): string => join(cache, "shots", `${sha256}.json`);

async function hashAll(
  files: readonly string[],
  journal: FactsJournal,
  options: LookOptions,
): Promise<Map<string, string | null>> {
  const hashes = new Map(files.map((file) => [file, journal.hashOf(file) ?? null]));
  const unread = files.filter((file) => hashes.get(file) === null);
  const jobs = unread.map((file): LookJob => ({ kind: "hash", file }));
  const done = { step: "read files", known: files.length - unread.length };
  await run(jobs, options, done, (result) => {
    if (result.kind !== "hash" || result.sha256 === null) return;
    hashes.set(result.file, result.sha256);
    journal.addHash(result.file, result.sha256);
  });
  return hashes;
}

async function run(
  jobs: readonly LookJob[],
  { progress, signal, workers = defaultWorkers() }: LookOptions,
  { step, known }: { step: string; known: number },
  onResult: (result: LookResult) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  const total = known + jobs.length;
  let done = known;
  progress({ step, done, total });
  const threads = jobs.length < filesWorthThreads ? 0 : workers;
  await runJobs(lookJobs, jobs, { workers: threads, signal }, (result) => {
    onResult(result);
    progress({ step, done: ++done, total });
  });
}

/** Why a file can't even be read. */
async function unreadable(file: string): Promise<FileFacts> {
  const result = await doLookJob({ kind: "look", file, sha256: "", shots: null });
  if (result.kind !== "look") throw new Error("a look was asked for");
  return result.facts;
}
