import type { ProgressListener } from "../../core/progress.ts";
import { everySeconds, progressLines, say, showStatus } from "../print.ts";

/** Progress of several stages that run at once. */
export interface Board {
  /** A listener for one of them; its reports name it. */
  of(job: string): ProgressListener;
  /** It has ended, whether its last report came or not. */
  ended(job: string): void;
}

/**
 * In a log, lines of all stages one after another; on a terminal, one line in place with what each
 * of them is at, and above it the last line of each step that is finished.
 */
export function progressBoard(every = everySeconds()): Board {
  const now = new Map<string, string>();
  const terminal = process.stderr.isTTY === true;
  const redraw = (): void => {
    if (terminal) showStatus(now.size === 0 ? "" : `  ${[...now.values()].join("  ·  ")}`);
  };
  return {
    of: (job) =>
      progressLines(every, ({ line, short, finished }) => {
        if (finished) now.delete(job);
        else now.set(job, short);
        if (finished || !terminal) say(line);
        redraw();
      }),
    ended(job) {
      now.delete(job);
      redraw();
    },
  };
}
