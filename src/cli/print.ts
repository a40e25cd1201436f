import { styleText } from "node:util";
import { duration } from "../core/duration.ts";
import type { Progress, ProgressListener } from "../core/progress.ts";

/** The line that a terminal shows last and that is rewritten in place; "" where there is none. */
let status = "";

const erase = "\r\x1b[K";

/** Prints to stderr, so that stdout holds only results. A status line stays below what is said. */
export function say(text = ""): void {
  process.stderr.write(status === "" ? `${text}\n` : `${erase}${text}\n${status}`);
}

export function heading(text: string): void {
  say(`\n${styleText("bold", text)}`);
}

/** Rewrites the status line, cut to the terminal's width. Only for terminals. */
export function showStatus(line: string): void {
  const columns = (process.stderr.columns ?? 80) - 1;
  status = line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
  process.stderr.write(`${erase}${status}`);
}

/** On a terminal what is going on is seen at once; in a log, every few seconds. */
export const everySeconds = (): number => (process.stderr.isTTY ? 0.2 : 10);

/**
 * A progress listener for people and for logs: on a terminal one line rewritten in place, elsewhere
 * a line every few seconds.
 */
export function progressPrinter(every = everySeconds()): ProgressListener {
  return progressLines(every, ({ line, finished }) => {
    if (!process.stderr.isTTY || finished) {
      status = "";
      process.stderr.write(`${process.stderr.isTTY ? erase : ""}${line}\n`);
    } else showStatus(line);
  });
}

/** What there is to say of a step. */
export interface ProgressLine {
  line: string;
  /** The same without values, for where there is little room. */
  short: string;
  finished: boolean;
}

/**
 * A progress listener that hands lines over, one every so many seconds and the last of each step.
 * Remaining time is estimated from the steps done since this process began them.
 */
export function progressLines(every: number, show: (line: ProgressLine) => void): ProgressListener {
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
    if (!finished && now - printed < every * 1000) return;
    printed = now;
    const before = finished && firstDone >= progress.total;
    const [elapsed, doneHere] = [(now - began) / 1000, progress.done - firstDone];
    const line = before
      ? `  ${progress.step}  ${progress.done}/${progress.total}  finished before`
      : describe(progress, elapsed, doneHere);
    const short = describe({ ...progress, values: {} }, elapsed, doneHere);
    show({ line, short: short.trimStart(), finished });
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
