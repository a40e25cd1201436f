import { say } from "./print.ts";

let listening = false;

/** What must have ended before the process may: children that work in its run folder. */
const endings = new Set<() => Promise<void>>();

/** Has `end` called, and waited for, when the command is stopped. Returns how to take it back. */
export function endFirst(end: () => Promise<void>): () => void {
  endings.add(end);
  return () => endings.delete(end);
}

/**
 * Ctrl-C ends a command that works in a run folder at once, its children first: what was saved
 * stands, the folder is given back, and people are told that nothing is lost.
 */
export function sayWhenStopped(): void {
  if (listening) return;
  listening = true;
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      say("\n  stopped; the same command goes on where it was");
      if (endings.size === 0) return process.exit(code);
      const ended = Promise.allSettled([...endings].map((end) => end()));
      void ended.then(() => process.exit(code));
    });
  }
}
