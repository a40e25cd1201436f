import { RunError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import { type Example, epochOrder } from "./example.ts";
import { type Group, type Rollout, sampleGroups } from "./rollout.ts";
import type { RlRun } from "./train.ts";

/** A group with its rewards. */
export interface ScoredGroup {
  rollouts: Group;
  scored: readonly ScoredResponse[];
}

/**
 * Rollouts of one step. With dynamic sampling (DAPO) groups without reward variance are replaced by
 * groups of other clips, for a bounded number of rounds; what is still missing then is filled with
 * uninformative groups, so that batch shapes stay the same.
 */
export async function collectGroups(run: RlRun, step: number): Promise<ScoredGroup[]> {
  const { prompts, dynamicSampling } = run.options;
  const rounds = dynamicSampling.enabled ? dynamicSampling.tries : 1;
  const informative: ScoredGroup[] = [];
  const constant: ScoredGroup[] = [];
  for (let round = 0; round < rounds && informative.length < prompts; round++) {
    for (const group of await sampleAndScore(run, examplesOf(run, step, round), step, round)) {
      (hasVariance(group) ? informative : constant).push(group);
    }
  }
  return [...informative, ...constant].slice(0, prompts);
}

export const rolloutsOf = ({ rollouts }: ScoredGroup): Group => rollouts;

/** Whether a group's rewards differ at all: only then do its advantages carry information. */
export function hasVariance({ scored }: ScoredGroup): boolean {
  const rewards = scored.map((response) => response.reward);
  return Math.max(...rewards) - Math.min(...rewards) > 1e-9;
}

async function sampleAndScore(
  run: RlRun,
  examples: readonly Example[],
  step: number,
  round: number,
): Promise<ScoredGroup[]> {
  const { group, maxTokens, temperature } = run.options;
  const groups = await sampleGroups(run.policy, run.tokenizer, examples, {
    group,
    maxTokens,
    temperature,
    seed: `${run.seed}/rollouts/${step}/${round}`,
  });
  const scored = await run.scorer.score(groups.flat().map(toScore));
  return groups.map((rollouts, index) => ({
    rollouts,
    scored: scored.slice(index * group, (index + 1) * group),
  }));
}

const toScore = ({ text, example }: Rollout) => ({
  response: text,
  reference: example.reference,
  label: example.label,
});

/** Shuffled passes over the examples; later rounds of a step take clips from a stream of their own. */
function examplesOf(run: RlRun, step: number, round: number): Example[] {
  const { examples, options, seed } = run;
  if (examples.length < options.prompts) {
    throw new RunError(
      "RL_TOO_FEW",
      `${examples.length} training clips do not fill a step of ${options.prompts} prompts`,
      { hint: "make the corpus larger or rl.prompts smaller" },
    );
  }
  const rng = new Rng(`${seed}/clips/${round}`);
  const shuffled = (epoch: number) => rng.fork(`epoch-${epoch}`).shuffle([...examples.keys()]);
  return epochOrder(examples.length, options.prompts, step, shuffled).map(
    (index) => examples[index]!,
  );
}
