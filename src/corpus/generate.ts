import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { canonicalJson, readJson, sha256, writeFileAtomic, writeJson } from "../core/files.ts";
import { type ProgressListener, silent } from "../core/progress.ts";
import { openRowLog } from "../core/row-log.ts";
import { defaultWorkers, runJobs } from "../core/work-pool.ts";
import { openFeatureStore } from "../data/features/store.ts";
import { streams } from "../data/features/streams.ts";
import type { FeatureOptions } from "../media/options.ts";
import { type RenderJob, renderJobs } from "./job.ts";
import { type CorpusInfo, type ManifestRow, type Split, splits } from "./manifest.ts";
import { swiftRow, swiftSftRow } from "./ms-swift.ts";
import type { CorpusOptions } from "./options.ts";
import { planCorpus } from "./plan.ts";

/** Changes when the same options begin to give other clips or texts. */
export const corpusVersion = "2";

/** How a long step over clips is run and watched. */
export interface GenerateControls {
  progress?: ProgressListener;
  signal?: AbortSignal;
  /** Worker threads; default: one per core, at most 8. 0 renders in this thread. */
  workers?: number;
}

/** Controls of making a corpus. */
export interface CorpusControls extends GenerateControls {
  /** Features to take of each file as it is written; `loadFeatures` then finds them stored. */
  features?: FeatureOptions;
}

/**
 * A clip that is written: what `clips.jsonl` remembers, so that a resumed run can trust the file.
 */
interface Written {
  id: string;
  bytes: number;
}

/**
 * Writes a corpus: `clips/`, `manifest.jsonl` (the oracle), `swift-<split>.jsonl` and
 * `swift-sft-train.jsonl` (the same for ms-swift: GRPO, cold start) and, last, `corpus.json`.
 * Called again on a folder it was killed in, it goes on where it was; on a complete corpus of the
 * same options it does nothing. With `features` each worker also decodes what it has just written,
 * and stores the features as `loadFeatures` would.
 * @throws ConfigError `CORPUS_OPTIONS` where the folder holds a corpus of other options,
 *   `CORPUS_FOREIGN` where a file that was not written here would be written over.
 */
export async function generateCorpus(
  folder: string,
  options: CorpusOptions,
  controls: CorpusControls = {},
): Promise<CorpusInfo> {
  const rows = planCorpus(options);
  const manifest = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const info: CorpusInfo = {
    version: corpusVersion,
    options,
    counts: Object.fromEntries(splits.map((split) => [split, options.clips[split]])) as Record<
      Split,
      number
    >,
    manifestSha256: sha256(manifest),
  };
  refuseOther(folder, info);
  refuseForeign(folder, info);
  mkdirSync(join(folder, "clips"), { recursive: true });
  const started = join(folder, "corpus.started.json");
  if (!existsSync(join(folder, "corpus.json"))) writeJson(started, info);
  await renderMissing(folder, rows, options, controls);
  writeFileAtomic(join(folder, "manifest.jsonl"), manifest);
  for (const split of splits) {
    const own = rows.filter((row) => row.split === split);
    writeLines(join(folder, `swift-${split}.jsonl`), own, (row) =>
      swiftRow(folder, row, options.render),
    );
  }
  const train = rows.filter((row) => row.split === "train");
  writeLines(join(folder, "swift-sft-train.jsonl"), train, (row) =>
    swiftSftRow(folder, row, options.render),
  );
  writeJson(join(folder, "corpus.json"), info);
  rmSync(started, { force: true });
  return info;
}

function writeLines<T>(file: string, rows: readonly T[], toJson: (row: T) => object): void {
  writeFileAtomic(file, rows.map((row) => `${JSON.stringify(toJson(row))}\n`).join(""));
}

/** Files of a corpus; a folder without the two that name its options holds somebody else's. */
const ownFiles = [
  "manifest.jsonl",
  "clips.jsonl",
  "swift-sft-train.jsonl",
  ...splits.map((split) => `swift-${split}.jsonl`),
];

/** A user's file is never written over. */
function refuseForeign(folder: string, info: CorpusInfo): void {
  const refuse = (name: string, message: string): never => {
    throw new ConfigError("CORPUS_FOREIGN", message, {
      file: join(folder, name),
      hint: "it would be written over: move it away, or choose another folder. Clips of your own are trained on with `oppo run --data`",
    });
  };
  const begun = ["corpus.json", "corpus.started.json"].some((name) =>
    existsSync(join(folder, name)),
  );
  const inTheWay = ownFiles.find((name) => !begun && existsSync(join(folder, name)));
  if (inTheWay !== undefined) refuse(inTheWay, "is no file of a corpus made here");
  const manifest = join(folder, "manifest.jsonl");
  if (existsSync(manifest) && sha256(readFileSync(manifest)) !== info.manifestSha256) {
    refuse("manifest.jsonl", "is not the manifest of this corpus");
  }
}

function refuseOther(folder: string, info: CorpusInfo): void {
  for (const name of ["corpus.json", "corpus.started.json"]) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    const there = readJson<CorpusInfo>(file);
    if (canonicalJson(there) === canonicalJson(info)) continue;
    throw new ConfigError("CORPUS_OPTIONS", "folder holds a corpus made with other options", {
      file,
      hint: "choose another folder, or delete this one",
    });
  }
}

async function renderMissing(
  folder: string,
  rows: readonly ManifestRow[],
  options: CorpusOptions,
  controls: CorpusControls,
): Promise<void> {
  const { progress = silent, workers = defaultWorkers(), signal, features = null } = controls;
  const journal = openRowLog<Written>(join(folder, "clips.jsonl"), (row) => row as Written);
  const sizes = new Map(journal.rows.map(({ id, bytes }) => [id, bytes]));
  const { render } = options;
  const jobs = rows
    .map((row): RenderJob => {
      const wav = render.wav ? join(folder, `clips/${row.id}.wav`) : null;
      return { id: row.id, file: join(folder, row.file), row, options: render, wav, features };
    })
    .filter((job) => !isWritten(job.file, sizes.get(job.id)));
  const store = features && openFeatureStore(folder, features, streams);
  const step = features ? "render and decode clips" : "render clips";
  if (jobs.length > 0) sweep(join(folder, "clips"));
  let done = rows.length - jobs.length;
  progress({ step, done, total: rows.length });
  await runJobs(renderJobs, jobs, { workers, signal }, ({ id, bytes, features }) => {
    if (features) store?.append(features);
    journal.append([{ id, bytes }]);
    done++;
    progress({ step, done, total: rows.length });
  });
}

/** Removes what a killed writer left unfinished. */
function sweep(clips: string): void {
  for (const name of readdirSync(clips)) {
    if (name.endsWith(".tmp")) rmSync(join(clips, name));
  }
}

/** A file of the size its writer noted is whole: it was renamed into place. */
function isWritten(file: string, bytes: number | undefined): boolean {
  return bytes !== undefined && existsSync(file) && statSync(file).size === bytes;
}
