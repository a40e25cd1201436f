import { counted } from "../../core/counted.ts";
import { DataError } from "../../core/errors.ts";
import type { ClipRow } from "../clip-row.ts";
import type { ContentKeys } from "./content.ts";
import { fill, inDrawnOrder } from "./fill.ts";
import { splitUnits } from "./units.ts";

export interface DrawnColdStart {
  /** Clips that the cold start imitates; all others are for reinforcement learning. */
  ids: ReadonlySet<string>;
  /** One sentence: how many there are of each. */
  note: string;
}

/**
 * Divides training clips between the cold start (SFT) and reinforcement learning, at random by seed
 * and independently of the rows' order, as OPPO's paper does: 5,000 for SFT, all others for RL
 * (docs/method.md#data-of-the-two-stages). Groups and copies of one file stay whole, so the number
 * is met as nearly as they allow.
 * @param rows training clips alone
 * @param sft a number of clips (1, 2, …), or a share of them between 0 and 1
 * @throws DataError `SPLIT_COLD_START` where `sft` is neither, or a stage would have no clip
 */
export function drawColdStart(
  rows: readonly ClipRow[],
  { sft, seed = 1 }: { sft: number; seed?: string | number | undefined },
  content: ContentKeys,
): DrawnColdStart {
  if (!(sft > 0) || (sft >= 1 && !Number.isInteger(sft))) {
    refuse(`${sft} is neither a number of clips nor a share of them`, "5000, or 0.2");
  }
  const wanted = sft < 1 ? sft * rows.length : sft;
  if (wanted >= rows.length) {
    refuse(
      `${counted(sft, "clip")} for the cold start, and ${rows.length} that train: none is left for reinforcement learning`,
      `less than ${rows.length}, a share such as 0.2, or more clips`,
    );
  }
  const units = inDrawnOrder(splitUnits(rows, content), `cold start/${seed}`);
  const ids = new Set(fill(units, wanted).flatMap((unit) => unit.rows.map(({ id }) => id)));
  if (ids.size === 0 || ids.size === rows.length) {
    refuse(
      `${counted(rows.length, "clip")} that train can't be divided into cold start and reinforcement learning`,
      "clips of one group, and copies of one file, stay together: more groups are needed, or another number",
    );
  }
  return { ids, note: said(ids.size, rows.length, sft) };
}

function said(taken: number, clips: number, sft: number): string {
  const asked = sft < 1 ? Math.round(sft * clips) : sft;
  const near = asked === taken ? "" : ` (${asked} wanted; groups and copies stay whole)`;
  return `drawn for the cold start: ${taken}${near}; for reinforcement learning: ${clips - taken}`;
}

function refuse(message: string, hint: string): never {
  throw new DataError("SPLIT_COLD_START", message, {
    hint: `${hint} (data.split.sft, --cold-start)`,
  });
}
