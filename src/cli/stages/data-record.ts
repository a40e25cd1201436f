import { existsSync } from "node:fs";
import { RunError } from "../../core/errors.ts";
import { canonicalJson, readJson, sha256, writeJson } from "../../core/files.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import type { Workspace } from "../workspace.ts";

/** `data.json`: the clips as they were when the run began. */
interface DataRecord {
  source: string;
  clips: Record<string, { split: string; stage?: string; group?: string; row: string }>;
}

/**
 * Writes down which clips a run was begun with. Going on with others would mix two experiments
 * without a word: a list that has changed since is refused.
 * @throws RunError `RUN_DATA_DIFFERS` naming the first clip that is new, gone or changed.
 */
export function recordData({ experiment, layout }: Workspace, rows: readonly SplitRow[]): void {
  const clips = Object.fromEntries(rows.map((row) => [row.id, entry(row)]));
  const record: DataRecord = { source: experiment.data.source, clips };
  if (!existsSync(layout.data)) {
    writeJson(layout.data, record);
    return;
  }
  const before = readJson<DataRecord>(layout.data).clips;
  for (const id of new Set([...Object.keys(before), ...Object.keys(clips)])) {
    const [old, now] = [before[id], clips[id]];
    if (canonicalJson(old ?? null) === canonicalJson(now ?? null)) continue;
    const what =
      old === undefined ? "is new" : now === undefined ? "is gone" : "is not what it was";
    throw new RunError("RUN_DATA_DIFFERS", `clip '${id}' ${what} since this run began`, {
      file: layout.data,
      hint: "give the changed list a run of its own (--name), or restore the list",
    });
  }
}

/** Where a clip's files lie does not count, what is said of it does. */
function entry(clip: SplitRow) {
  const { id, split, stage, group, media: _, features: __, truth: ___, ...said } = clip;
  const row = sha256(canonicalJson([id, said])).slice(0, 12);
  return {
    split,
    ...(stage !== undefined && { stage }),
    ...(group !== undefined && { group }),
    row,
  };
}
