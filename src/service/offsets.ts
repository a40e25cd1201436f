import type { Span } from "../cues/cue.ts";
import { toCodePoints } from "../cues/evidence.ts";
import type { Unit } from "./wire/fields.ts";

/** Spans of `text` counted in `unit`; they come in UTF-16 code units. */
export function inUnit<T extends Span>(text: string, spans: readonly T[], unit: Unit): T[] {
  return unit === "utf16" ? [...spans] : toCodePoints(text, spans);
}

/** Length of `text` in `unit`. */
export function lengthIn(text: string, unit: Unit): number {
  return unit === "utf16" ? text.length : [...text].length;
}
