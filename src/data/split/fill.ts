import { sha256 } from "../../core/files.ts";
import type { SplitUnit } from "./units.ts";

/** Units in an order that only their names and `salt` decide, whatever the order of the rows. */
export const inDrawnOrder = (units: readonly SplitUnit[], salt: string): SplitUnit[] =>
  units
    .map((unit) => ({ unit, place: sha256(`${salt}/${unit.key}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ unit }) => unit);

/**
 * Units in order while each brings their clips nearer to `wanted`; the smallest unit where none
 * does. Nothing of fewer than two units: they can't be divided.
 */
export function fill(units: readonly SplitUnit[], wanted: number): SplitUnit[] {
  const taken: SplitUnit[] = [];
  if (wanted === 0 || units.length < 2) return taken;
  let clips = 0;
  for (const unit of units) {
    if (clips + unit.rows.length / 2 > wanted) continue;
    taken.push(unit);
    clips += unit.rows.length;
  }
  if (taken.length > 0) return taken;
  const least = Math.min(...units.map((unit) => unit.rows.length));
  return units.filter((unit) => unit.rows.length === least).slice(0, 1);
}
