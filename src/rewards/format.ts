import type { ParsedResponse } from "../cues/response.ts";
import type { RewardTerm } from "./term.ts";

/** R_fmt, 0 or 1: one `<think>` and one `<answer>` in order, neither of them empty. */
export function formatReward({ wellFormed, think, answer }: ParsedResponse): number {
  const filled = [think, answer].every((part) => part !== null && part.text.trim() !== "");
  return wellFormed && filled ? 1 : 0;
}

export const formatTerm: RewardTerm<"format"> = {
  name: "format",
  weight: ({ weights }) => weights.format,
  option: "weights.format",
  gate: ({ formatGate }) => formatGate,
  score: ({ parsed }) => formatReward(parsed),
  explain: ({ terms, parsed }) => {
    const reasons = parsed.problems.length > 0 ? parsed.problems.join("; ") : "a part is empty";
    return [
      terms.format === 1
        ? "format 1: one <think> and one <answer>, in order"
        : `format 0: ${reasons}`,
    ];
  },
  doc: {
    title: "Format: one `<think>` and one `<answer>`, in order, neither empty",
    formula: String.raw`R_{fmt} \in \{0, 1\}`,
    anchor: "reward",
  },
};
