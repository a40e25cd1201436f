import { existsSync, readdirSync } from "node:fs";
import { join, parse } from "node:path";
import { BenchError } from "../../../core/errors.ts";
import { readTable } from "../../files/table.ts";
import { readTruth } from "../../files/truth.ts";
import { merSet, merSets } from "../sets.ts";
import type { MerSetId } from "../types.ts";
import { type MerLayout, merLayouts } from "./layouts.ts";
import type { MerSample, MerTestSet } from "./test-set.ts";

/** Sets whose folder is there, in the table's order. */
export const merSetsIn = (data: string): MerSetId[] =>
  merSets.map(({ id }) => id).filter((id) => existsSync(join(data, merLayouts[id].folder)));

/**
 * A test set with its clips, as its owners' scripts lay it out.
 * @throws BenchError `DATA_MISSING` that says who gives the data out; `CLIPS_MISSING` naming
 *   samples; and what the readers of labels and tables throw.
 */
export async function readMerTestSet(data: string, set: MerSetId): Promise<MerTestSet> {
  const layout = merLayouts[set];
  const at = (name: string) => join(data, layout.folder, name);
  for (const name of [layout.labels, layout.subtitles, layout.videos]) needPart(at(name), set);
  const truth = await readTruth(set, at(layout.labels));
  const subtitles = await readSubtitles(at(layout.subtitles), layout);
  const videos = filesByName(at(layout.videos));
  // Clips of some copies carry their sound in the film alone.
  const audios = existsSync(at(layout.audios)) ? filesByName(at(layout.audios)) : videos;
  const missing = [...truth.keys()].filter((id) => !videos.has(id));
  if (missing.length > 0) {
    throw new BenchError(
      "CLIPS_MISSING",
      `${merSet(set).title}: ${missing.length} of ${truth.size} samples have no clip: ${missing.slice(0, 5).join(", ")}`,
      { file: at(layout.videos), hint: `complete the folder; ${layout.source}` },
    );
  }
  const samples = [...truth].map(([id, value]): MerSample => {
    const video = videos.get(id)!;
    return {
      id,
      truth: value,
      media: { video, audio: audios.get(id) ?? video },
      subtitle: subtitles.get(id) ?? "",
    };
  });
  return { set, samples };
}

/** Truth without clips: enough to score answers that were made elsewhere. */
export async function readMerTruth(set: MerSetId, file: string): Promise<MerTestSet> {
  const truth = await readTruth(set, file);
  const samples = [...truth].map(
    ([id, value]): MerSample => ({
      id,
      truth: value,
      media: {},
      subtitle: "",
    }),
  );
  return { set, samples };
}

function needPart(path: string, set: MerSetId): void {
  if (existsSync(path)) return;
  throw new BenchError("DATA_MISSING", `${merSet(set).title} is not all here`, {
    file: path,
    hint: `where to get it: ${merLayouts[set].source}; prepared by MERBench's scripts (github.com/zeroQiaoba/MERTools)`,
  });
}

async function readSubtitles(file: string, layout: MerLayout): Promise<Map<string, string>> {
  const { columns, rows } = await readTable(file);
  const { subtitleColumn } = layout;
  if (!columns.includes("name") || !columns.includes(subtitleColumn)) {
    throw new BenchError("COLUMN_MISSING", `no column 'name' or '${subtitleColumn}'`, {
      file,
      hint: `its columns: ${columns.join(", ")}`,
    });
  }
  // Blank cells of the official tables read as NaN, which is taken as no subtitle.
  return new Map(rows.map((row) => [row.name!, row[subtitleColumn]!.replace(/^nan$/i, "")]));
}

function filesByName(folder: string): Map<string, string> {
  return new Map(readdirSync(folder).map((file) => [parse(file).name, join(folder, file)]));
}
