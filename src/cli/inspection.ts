import { join } from "node:path";
import { writeFileAtomic, writePiecesAtomic } from "../core/files.ts";
import type { ProgressListener } from "../core/progress.ts";
import { listOptions, type ReadClips } from "../data/index.ts";
import { inspectDocument } from "../data/inspect/document.ts";
import { inspectClips } from "../data/inspect/inspect.ts";
import type { InspectedList } from "../data/inspect/inspected-list.ts";
import { shotsOf } from "../data/inspect/look/look-at-files.ts";
import { summaryOf } from "../data/inspect/summary.ts";
import { leftOut } from "../data/left-out.ts";
import type { SplitShares } from "../data/split/draw.ts";
import { renderInspection } from "../report/inspect/page.ts";
import { shownClips } from "../report/inspect/shown.ts";
import { heading, progressPrinter, say } from "./print.ts";

/** Files that an inspection wrote, and whether any way on would refuse something. */
export interface WrittenInspection {
  json: string;
  page: string;
  refuses: boolean;
}

export interface InspectionOptions {
  /** Folder to write to. */
  out: string;
  /** Folder that keeps what was found out about files, by content. */
  cache: string;
  /** false: no file is opened. */
  media: boolean;
  /** How an experiment would divide the clips; default: as `oppo run` does. */
  shares?: SplitShares;
}

/** The two files of an inspection in a folder. */
export const inspectionFiles = (out: string): { json: string; page: string } => ({
  json: join(out, "inspect.json"),
  page: join(out, "inspect.html"),
});

/**
 * Looks at the clips of a list, prints what was found, and writes `inspect.json` and the page.
 * @param list where the list is, absolute.
 */
export async function writeInspection(
  list: string,
  read: ReadClips,
  { out, cache, media, shares = listOptions.shape.split.parse({}) }: InspectionOptions,
): Promise<WrittenInspection> {
  const inspection = await inspectClips(read.rows, {
    cache,
    media,
    shares,
    progress: progressPrinter(),
  });
  const { source, left, unused } = read;
  // The rows left out stand among the problems.
  const notes = read.notes.filter((note) => left.length === 0 || note !== leftOut(left));
  const found: InspectedList = { ...inspection, list, source, notes, left, unused };
  for (const part of summaryOf(found)) {
    heading(part.heading);
    for (const line of part.lines) say(`  ${line}`);
  }
  say();
  const { json, page } = inspectionFiles(out);
  writePiecesAtomic(json, inspectDocument(found));
  const shots = await shotsFor(found, { cache, progress: progressPrinter() });
  writeFileAtomic(page, renderInspection(found, shots));
  const refuses = found.ways.some(({ refused, list: all }) => refused.length + all.length > 0);
  return { json, page, refuses };
}

/** Frames of the clips that the page shows. */
function shotsFor(list: InspectedList, options: { cache: string; progress: ProgressListener }) {
  const files = shownClips(list).flatMap(({ row, media }): [string, string][] => {
    const film = media?.files.video;
    return film?.facts.picture && film.sha256 ? [[film.sha256, row.media.video!]] : [];
  });
  return shotsOf(new Map(files), options);
}
