/** Pictures stray from even steps by less than this, in seconds. */
const stray = 0.1;
/** Pictures that stand long are repeated until there are this many times as many. */
const mostRepeats = 4;

/** A film of even steps made from one without. */
export interface Regular {
  fps: number;
  /** Which picture stands at each step. */
  shown: number[];
}

/**
 * Films that stall, begin late or change their rate, as films of even steps from time zero, in
 * which a picture that stands is repeated: what reads frames by number then reads them by time.
 * Null for a film whose steps are even already.
 * @param times when each picture is first shown, in seconds, ascending
 * @param end when the last one is no longer shown
 */
export function regular(times: readonly number[], end: number): Regular | null {
  if (times.length < 2) return null;
  const [first, last] = [times[0]!, times.at(-1)!];
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  const step = usual > 0 ? usual : (last - first) / steps.length;
  if (!(step > 0)) return null;
  const slack = Math.max(1.5 * step, stray);
  const mean = (last - first) / steps.length;
  const even =
    first <= slack &&
    end - last <= step + slack &&
    times.every((time, i) => Math.abs(time - first - i * mean) <= slack);
  if (even) return null;
  const seconds = Math.max(end, last + step);
  const fps = Math.min(1 / step, (mostRepeats * times.length) / seconds);
  const count = Math.max(1, Math.round(seconds * fps));
  let at = 0;
  const shown = Array.from({ length: count }, (_, k) => {
    while (at + 1 < times.length && times[at + 1]! <= (k + 0.5) / fps) at++;
    return at;
  });
  return { fps: Math.round(fps * 1e6) / 1e6, shown };
}
