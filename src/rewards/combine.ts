import type { RewardOptions } from "./options.ts";
import type { RewardTerms } from "./scored.ts";
import type { RewardTerm } from "./term.ts";
import { termsOf } from "./terms.ts";

/**
 * R = Σ w·score / Σ w over the terms that are there, in [0, 1]; each gate's score multiplies it,
 * and in the sum a gate counts as 1 (docs/method.md#reward). Format is a gate by default: there is
 * nothing to farm in it. Without any weight the reward is 0.
 *
 * With `form: paper` the plain sum Σ w·score, as printed: not divided, no gate.
 */
export function combineReward(
  terms: RewardTerms,
  options: RewardOptions,
  table: readonly RewardTerm[] = termsOf(options),
): number {
  const present = table.filter(({ name }) => terms[name] !== undefined);
  if (options.form === "paper") {
    return present.reduce(
      (sum, term) => sum + term.weight(options) * (terms[term.name] as number),
      0,
    );
  }
  const weights = present.reduce((sum, term) => sum + term.weight(options), 0);
  if (weights === 0) return 0;
  let content = 0;
  let gates = 1;
  // Terms that may be gates come last: the order fixes the last bit.
  const [plain, gating] = [present.filter(({ gate }) => !gate), present.filter(({ gate }) => gate)];
  for (const term of [...plain, ...gating]) {
    const score = terms[term.name] as number;
    const gated = term.gate?.(options) ?? false;
    if (gated) gates *= score;
    content += term.weight(options) * (gated ? 1 : score);
  }
  return (gates * content) / weights;
}
