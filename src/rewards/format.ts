import type { ParsedResponse } from "../cues/response.ts";

/** R_fmt, 0 or 1: one `<think>` and one `<answer>` in order, neither of them empty. */
export function formatReward({ wellFormed, think, answer }: ParsedResponse): number {
  const filled = [think, answer].every((part) => part !== null && part.text.trim() !== "");
  return wellFormed && filled ? 1 : 0;
}
