import type { LeftRow } from "../rows.ts";
import type { Inspection } from "./inspect.ts";

/** A list as it was read, and what was found in its clips. */
export interface InspectedList extends Inspection {
  /** As the user named it. */
  list: string;
  source: { name: string; sha256: string; rows: number; format: string };
  /** Sentences of whoever read the list and drew its splits. */
  notes: readonly string[];
  /** Rows that were left out, with the reason. */
  left: readonly LeftRow[];
  /** Files beside the clips that no row names. */
  unused: readonly string[];
}
