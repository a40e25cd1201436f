import type { InspectedClip } from "../../data/inspect/clip.ts";
import type { Inspection } from "../../data/inspect/inspect.ts";

/**
 * Clips shown with frames and waveform at most: a page of a hundred thousand opens in no browser.
 */
const mostShown = 60;
/** Rows of the table of all clips at most. */
export const mostRows = 1000;

/**
 * The clips that are shown with their frames. Those that someone should look at come first; of a
 * long list they get half of the places, one of each kind of problem first, and the others are
 * spread evenly over it.
 */
export function shownClips({ clips, problems }: Inspection, most = mostShown): InspectedClip[] {
  const isSerious = (clip: InspectedClip): boolean =>
    problems.get(clip)?.some(({ kind }) => kind.weight !== "note") ?? false;
  const serious = clips.filter(isSerious);
  if (clips.length <= most) return [...serious, ...clips.filter((clip) => !isSerious(clip))];
  const kinds = new Set<string>();
  const firsts = serious.filter((clip) => {
    const fresh = problems.get(clip)!.filter(({ kind }) => !kinds.has(kind.id));
    for (const { kind } of fresh) kinds.add(kind.id);
    return fresh.length > 0;
  });
  const chosen = new Set([...firsts, ...serious].slice(0, Math.ceil(most / 2)));
  const others = clips.filter((clip) => !chosen.has(clip));
  const room = most - chosen.size;
  for (let k = 0; k < room; k++)
    chosen.add(others[Math.floor(((k + 0.5) * others.length) / room)]!);
  const shown = clips.filter((clip) => chosen.has(clip));
  return [...shown.filter(isSerious), ...shown.filter((clip) => !isSerious(clip))];
}
