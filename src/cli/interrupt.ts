import { say } from "./print.ts";

let listening = false;

/**
 * Ctrl-C ends a command that works in a run folder at once: what was saved stands, the folder is
 * given back, and people are told that nothing is lost.
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
      process.exit(code);
    });
  }
}
