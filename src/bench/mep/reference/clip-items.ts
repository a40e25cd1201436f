import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { ClipRow } from "../../../data/clip-row.ts";
import { type BuildTools, buildMepItems, defaultItemOptions, type ReferenceRow } from "./build.ts";
import type { MepItemOptions, MepItems } from "./items.ts";

/** Where the rows come from. */
export interface ClipItemSource {
  /** File name of the list; part of the items. */
  name: string;
  /** Whether face and voice express one emotion, where the source knows. */
  congruent?(row: ClipRow): boolean | undefined;
}

/**
 * The item set of clips with reference reasoning: the held-out side of a source, before anything is
 * trained. Clips are named by absolute path, so `oppo bench mep` can show the same items to any
 * model; where picture and sound lie in separate files, or features alone do, there is no one file
 * to show. Rows without a reference, and those whose reference has no cue, are in the items' `left`
 * with the reason. Same rows, tools and options give the same items.
 * @throws BenchError `ITEMS_EMPTY` where fewer than two clips have cues, `ITEMS_DUPLICATE`.
 */
export async function clipItems(
  rows: readonly ClipRow[],
  source: ClipItemSource,
  tools: BuildTools,
  options: MepItemOptions = defaultItemOptions,
): Promise<MepItems> {
  const silent = rows.filter(({ reference }) => !said(reference));
  const references = rows
    .filter(({ reference }) => said(reference))
    .map((row) => referenceRow(row, source));
  const texts = references.map(({ id, text }) => [id, text]);
  const items = await buildMepItems(
    references,
    { name: source.name, sha256: sha256(canonicalJson(texts)), rows: rows.length },
    tools,
    options,
  );
  const left = silent.map(({ id }) => ({ id, reason: "no reference" }));
  return { ...items, left: [...items.left, ...left] };
}

const said = (reference: string | undefined): boolean =>
  reference !== undefined && reference.trim() !== "";

function referenceRow(row: ClipRow, { congruent }: ClipItemSource): ReferenceRow {
  const { id, media, reference = "", subtitle } = row;
  // One file must hold what is seen and heard: where the sound has its own, the film's is not it.
  const clip = media.audio === undefined ? media.video : undefined;
  const agrees = congruent?.(row);
  return {
    id,
    text: reference,
    ...(clip !== undefined && { clip }),
    ...(subtitle !== undefined && { subtitle }),
    ...(agrees !== undefined && { congruent: agrees }),
  };
}
