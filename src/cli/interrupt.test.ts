import { afterEach, expect, it, vi } from "vitest";
import { sayWhenStopped } from "./interrupt.ts";

afterEach(() => vi.restoreAllMocks());

it("Ctrl-C says that the same command goes on, and ends with the signal's code", () => {
  const listeners = new Map<string | symbol, () => void>();
  vi.spyOn(process, "once").mockImplementation((signal, listener) => {
    listeners.set(signal, listener as () => void);
    return process;
  });
  sayWhenStopped();
  const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    listeners.get(signal)!();
    expect(exit).toHaveBeenLastCalledWith(code);
    expect(said.mock.lastCall![0]).toContain("the same command goes on where it was");
  }
});
