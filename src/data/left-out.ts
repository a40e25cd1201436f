import { DataError } from "../core/errors.ts";
import { shortList } from "./columns.ts";
import type { MediaFiles } from "./files/find-media.ts";
import type { LeftRow } from "./rows.ts";
import type { ListRecord } from "./tables/table.ts";

/**
 * No row has its file: what the list has, and what the folder has.
 * @throws DataError `LIST_NO_MATCH`
 */
export function refuseAll(
  left: readonly LeftRow[],
  records: readonly ListRecord[],
  media: MediaFiles | undefined,
  file: string,
): never {
  const ids = left.map(({ id }) => id);
  const streams = media && [media.video, media.audio, media.videoFeatures, media.audioFeatures];
  const folders = (streams ?? []).flatMap(({ folder }) => {
    if (folder === undefined) return [];
    const { folder: path, files } = folder();
    return [`; ${path} has ${shortList(files, 3) || "nothing of its kind"}`];
  });
  throw new DataError(
    "LIST_NO_MATCH",
    `none of ${records.length} rows has its file (${left[0]?.reason}): ` +
      `the list has ${shortList(ids, 3)}${folders.join("")}`,
    {
      file,
      hint: "--id names the column with the files' names, --videos the folder of the films",
    },
  );
}

/** How many rows are left out, and why the first one is. */
export function leftOut(left: readonly LeftRow[]): string {
  const [first] = left;
  const line = first!.line === undefined ? "" : ` (line ${first!.line})`;
  const rows = left.length === 1 ? "1 row is" : `${left.length} rows are`;
  return `${rows} left out, the first: ${first!.id}${line}: ${first!.reason}`;
}
