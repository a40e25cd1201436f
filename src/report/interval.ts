import { coordinate, Html } from "./html.ts";

/** A value with its interval, drawn; shared scale within a column or row. */
export interface Whisker {
  value: number;
  low: number;
  high: number;
}

export interface Scale {
  min: number;
  max: number;
  /** Draw a mark at zero. */
  zero: boolean;
}

/** Scale that holds all whiskers. A single point gets some room. */
export function scaleOf(whiskers: readonly Whisker[]): Scale {
  const min = Math.min(...whiskers.map(({ low }) => low));
  const max = Math.max(...whiskers.map(({ high }) => high));
  const room = max > min ? (max - min) * 0.06 : 1;
  return { min: min - room, max: max + room, zero: min < 0 };
}

/**
 * Line from low to high with a dot at the value, in the system's colour. Decoration: numbers stand
 * beside it.
 */
export function whiskerSvg(whisker: Whisker, scale: Scale, width = 62): Html {
  const at = (value: number) =>
    coordinate(4 + ((value - scale.min) / (scale.max - scale.min)) * (width - 8));
  const zero =
    scale.zero && scale.max > 0
      ? `<line x1="${at(0)}" x2="${at(0)}" y1="0" y2="10" stroke="var(--soft)" stroke-dasharray="2 2"/>`
      : "";
  return new Html(
    `<svg width="${width}" height="10" viewBox="0 0 ${width} 10" aria-hidden="true">${zero}` +
      `<line x1="${at(whisker.low)}" x2="${at(whisker.high)}" y1="5" y2="5" stroke="var(--system)" stroke-width="2" opacity=".55"/>` +
      `<circle cx="${at(whisker.value)}" cy="5" r="3.4" fill="var(--system)"/></svg>`,
  );
}
