import { styleText } from "node:util";
import { duration } from "../core/duration.ts";
import type { Progress, ProgressListener } from "../core/progress.ts";

/** Prints to stderr, so that stdout holds only results. */
export function say(text = ""): void {
  process.stderr.write(`${text}\n`);
}

export function heading(text: string): void {
  say(`\n${styleText("bold", text)}`);
}

/**
 * A progress listener for people and for logs: on a terminal one line rewritten in place, elsewhere
 * a line every few seconds. Remaining time is estimated from the steps done since this process
 * began them.
 */
export function progressPrinter(everySeconds = process.stderr.isTTY ? 0.2 : 10): ProgressListener {
  let current = "";
  let began = 0;
  let firstDone = 0;
  let printed = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.step !== current) {
      current = progress.step;
      began = now;
      firstDone = progress.done;
      printed = 0;
    }
    const finished = progress.total > 0 && progress.done >= progress.total;
    if (progress.done === 0 && !finished) return;
    if (!finished && now - printed < everySeconds * 1000) return;
    printed = now;
    const before = finished && firstDone >= progress.total;
    const line = before
      ? `  ${progress.step}  ${progress.done}/${progress.total}  finished before`
      : describe(progress, (now - began) / 1000, progress.done - firstDone);
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}${finished ? "\n" : ""}`);
    else say(line);
  };
}

/** Before so many seconds nothing is said about the time that is left. */
const firstSeconds = 3;

function describe(progress: Progress, elapsed: number, doneHere: number): string {
  const { step, done, total, values = {} } = progress;
  const count = total > 0 ? `${done}/${total}` : String(done);
  const shown = Object.entries(values).map(([name, value]) => `${name} ${format(value)}`);
  // The first seconds belong to threads that start.
  const left =
    total > done && doneHere > 0 && elapsed > firstSeconds
      ? `${duration((elapsed / doneHere) * (total - done))} left`
      : "";
  return [`  ${step}`, count, ...shown, duration(elapsed), left].filter(Boolean).join("  ");
}

const format = (value: number | string): string =>
  typeof value === "string" ? value : Number(value.toPrecision(3)).toString();
