import { canonicalJson, sha256 } from "../../../core/files.ts";
import { affirmationMarginNats } from "../shared/affirmation.ts";
import { metrics } from "./metrics.ts";

/**
 * Version of everything that turns responses into numbers; raise it whenever a number could change.
 */
export const scoringRules = "mep-synthetic-2";

/**
 * sha256 of what the rules say: the version, every metric's id, definition in words and unit, and
 * the affirmation margin. It stands in the items, so that their content hash covers it. The
 * formulas themselves are code, which only the version stands for.
 */
export function rulesHash(): string {
  const said = metrics.map(({ id, about, unit }) => ({ id, about, unit }));
  return sha256(canonicalJson({ metrics: said, affirmationMarginNats, scoringRules }));
}
