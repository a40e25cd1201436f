import { evidenceTerms } from "../../src/loss/options.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";
import { readsClauses } from "../../src/loss/reads.ts";
import { referencedClauses, selectorOf } from "../../src/loss/selectors.ts";
import type { LossTerm } from "../../src/loss/term.ts";
import { activeTerms, lossTerms, needsJointPass, requiredPasses } from "../../src/loss/terms.ts";
import { type MaskPlace, maskKinds, ratioUnits } from "../../src/prompt/masks.ts";
import { paperTerms } from "../../src/rewards/paper-terms.ts";
import { rewardTerms } from "../../src/rewards/terms.ts";
import { lossConfigs } from "./loss.ts";

/** Surrogate and reference KL belong to the other trainer. */
const theirs = ["policy", "reference"];
const auxiliary: readonly LossTerm[] = lossTerms.filter(({ name }) => !theirs.includes(name));

/**
 * The tables of masks, reward and loss terms, and what the loss asks for under the settings of its
 * vectors.
 */
export function termVectors(): object {
  return {
    masks: maskKinds
      .filter(({ places }) => (places as readonly MaskPlace[]).includes("plugin"))
      .map(({ id, partial, needs, streams }) => ({
        id,
        partial,
        needs_donor: needs === "donor",
        needs_ratio: needs === "ratio",
        streams,
      })),
    ratio_units: ratioUnits,
    rewards: {
      oppo: rewardTerms.map(({ name }) => name),
      paper: paperTerms.map(({ name }) => name),
    },
    evidence_terms: evidenceTerms,
    terms: auxiliary.map(({ name, option, suppressive, needs, blindOnly, metrics }) => ({
      name,
      option,
      suppressive,
      needs,
      blind_only: blindOnly,
      metrics: metrics.filter((metric) => metric.startsWith("paper/")),
    })),
    cases: lossConfigs.map(({ name, config }) => {
      const options = resolveLossOptions(config);
      const { surrogate: _, reference: __, ...loss } = options;
      return {
        name,
        options: loss,
        passes: requiredPasses(options, auxiliary),
        joint: needsJointPass(options, auxiliary),
        clauses: readsClauses(options, auxiliary),
        active: activeTerms(options, auxiliary).map((term) => ({
          name: term.name,
          weight: term.weight(options),
          reads: term.reads(options),
          learns_masked: term.learnsMasked(options),
          uses_match: term.usesMatch(options),
          selector: selectorOf(term, options) === referencedClauses ? "reference" : "own",
        })),
      };
    }),
  };
}
