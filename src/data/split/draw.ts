import { counted } from "../../core/counted.ts";
import { DataError } from "../../core/errors.ts";
import { type ClipRow, type Split, type SplitRow, splits } from "../clip-row.ts";
import { drawColdStart } from "./cold-start.ts";
import { type ContentKeys, contentGroups } from "./content.ts";
import { fill, inDrawnOrder } from "./fill.ts";
import { givenSplits } from "./given.ts";
import { type SplitUnit, splitUnits } from "./units.ts";

export interface DrawnSplits<Row extends ClipRow = ClipRow> {
  /** In the order they came in. */
  rows: (Row & SplitRow)[];
  /** What each side has, what a division may leak, which clips are copies. */
  notes: string[];
}

/** Shares of the clips; what is left trains. */
export interface SplitShares {
  test: number;
  validation: number;
  /**
   * Training clips for the cold start, a number or a share (`drawColdStart`); without it rows get no
   * stage.
   */
  sft?: number | undefined;
  /** Another seed, another division. */
  seed?: string | number | undefined;
}

/**
 * Gives every row its side. A `split` that the rows bring is kept. Otherwise groups (speaker,
 * dialogue, film), or clips where no row has one, are put in an order by hash and fill first test,
 * then validation, each as near to its share as whole groups allow. Copies of one file always stay
 * together.
 * @param content keys of copied files by id, where they are known already
 * @throws DataError `SPLIT_PARTIAL` where some rows bring a side and some don't, `SPLIT_COPIES`
 *   where copies of one file stand on two given sides, `SPLIT_EMPTY` where training or test would
 *   have no clip, `SPLIT_COLD_START` as `drawColdStart`.
 */
export function drawSplits<Row extends ClipRow>(
  rows: readonly Row[],
  shares: SplitShares,
  content: ContentKeys = contentGroups(rows),
): DrawnSplits<Row> {
  const given = rows.some(({ split }) => split !== undefined);
  const { sides, notes } = given ? givenSplits(rows, content) : drawn(rows, shares, content);
  const placed: (Row & SplitRow)[] = rows.map((row) => ({ ...row, split: sides.get(row.id)! }));
  const count = (side: Split): number => placed.filter(({ split }) => split === side).length;
  for (const side of ["train", "test"] as const) {
    if (count(side) === 0) refuseEmpty(side, rows.length, given);
  }
  const counts = splits.map((side) => `${side} ${count(side)}`).join(", ");
  const staged = staging(placed, shares, content);
  return {
    rows: staged.rows,
    notes: [`clips: ${counts}`, ...staged.notes, ...notes, ...copies(rows, content)],
  };
}

/** Training clips get the stage that they are for, where their division is asked for. */
function staging<Row extends SplitRow>(
  rows: Row[],
  { sft, seed }: SplitShares,
  content: ContentKeys,
): { rows: Row[]; notes: string[] } {
  if (sft === undefined) return { rows, notes: [] };
  const training = rows.filter(({ split }) => split === "train");
  const { ids, note } = drawColdStart(training, { sft, seed }, content);
  const staged = rows.map((row) =>
    row.split === "train" ? { ...row, stage: ids.has(row.id) ? "sft" : "rl" } : row,
  );
  return { rows: staged as Row[], notes: [note] };
}

function drawn(
  rows: readonly ClipRow[],
  { test, validation, seed = 1 }: SplitShares,
  content: ContentKeys,
) {
  const units = inDrawnOrder(splitUnits(rows, content), `split/${seed}`);
  const sides = new Map<string, Split>();
  const wanted = { test: test * rows.length, validation: validation * rows.length };
  let open: SplitUnit[] = units;
  for (const side of ["test", "validation"] as const) {
    const taken = new Set(fill(open, wanted[side]));
    for (const unit of taken) for (const { id } of unit.rows) sides.set(id, side);
    open = open.filter((unit) => !taken.has(unit));
  }
  for (const unit of open) for (const { id } of unit.rows) sides.set(id, "train");
  return { sides, notes: [howDrawn(rows, units.length)] };
}

function howDrawn(rows: readonly ClipRow[], units: number): string {
  const without = rows.filter(({ group }) => group === undefined).length;
  if (without === rows.length) {
    return (
      "divided by clip: no column names a group (speaker, dialogue or film; --group), so one speaker may be " +
      "in training and test, and what is measured on held-out clips may look better than it is"
    );
  }
  const groups = new Set(rows.flatMap(({ group }) => group ?? [])).size;
  const bare = without === 0 ? "" : `; ${without} clips have no group and stand alone`;
  const joined = units < groups + without ? "; groups with a copied file were joined" : "";
  return `divided by group: none of ${groups} is on two sides${bare}${joined}`;
}

function copies(rows: readonly ClipRow[], content: ContentKeys): string[] {
  const files = new Map<string, string[]>();
  for (const { id } of rows) {
    const key = content.get(id);
    if (key === undefined) continue;
    const ids = files.get(key);
    if (ids === undefined) files.set(key, [id]);
    else ids.push(id);
  }
  const shared = [...files.values()].filter((ids) => ids.length > 1);
  if (shared.length === 0) return [];
  const clips = shared.reduce((sum, ids) => sum + ids.length, 0);
  const [one, other] = shared[0]!;
  return [`${clips} clips are copies of ${shared.length} files, the first: ${one} = ${other}`];
}

function refuseEmpty(side: Split, clips: number, given: boolean): never {
  const why = given
    ? "the split column gives it none"
    : `${counted(clips, "clip")} can't be divided so`;
  throw new DataError("SPLIT_EMPTY", `no ${side} clip: ${why}`, {
    hint: given
      ? "name some, or have the sides drawn: columns.split: '-'"
      : "clips of one group, and copies of one file, stay together: more clips or groups are needed, or another share",
  });
}
