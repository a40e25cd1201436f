import { Rng } from "../../../core/rng.ts";
import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { streamOf } from "../../../cues/streams.ts";
import type { MaskMode } from "../../../prompt/masks.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import { affirms } from "../shared/affirmation.ts";
import { hiddenPrompt, type PromptSource, promptUnder } from "../shared/conditions.ts";
import { type Generation, generate, type Runner } from "../shared/generate.ts";
import { probeContexts } from "../shared/probe-context.ts";
import { type StatementDatum, statementDatum, statementLogprobs } from "../shared/statements.ts";
import type { MepProbe, MepSample } from "./items.ts";
import { type MepMask, probeId } from "./questions.ts";
import type { MepAnswer } from "./score.ts";

/** What a policy whose clips are prompts is asked: no subtitle is withheld, since none is given. */
export const policyConditions = ["full", "visual-masked", "acoustic-masked", "text-only"] as const;
export type PolicyCondition = (typeof policyConditions)[number];

/** The prompt of a sample under a condition. */
function policyPrompt(
  condition: PolicyCondition,
  sample: MepSample,
  source: PromptSource,
  mask: MepMask,
): Prompt {
  if (condition === "full" || condition === "text-only") {
    return promptUnder(condition, sample, source);
  }
  return masked(condition === "visual-masked" ? "visual" : "acoustic", sample, source, mask);
}

function masked(
  modality: EvidenceModality,
  sample: MepSample,
  source: PromptSource,
  mask: MaskMode,
): Prompt {
  const rng = mask === "noise" ? new Rng(`mep-noise/${sample.id}/${modality}`) : undefined;
  return hiddenPrompt(sample, streamOf[modality], mask, source, rng);
}

/** One free response per sample: out[sample]. */
export async function describeUnder(
  condition: PolicyCondition,
  samples: readonly MepSample[],
  runner: Runner,
  source: PromptSource,
  mask: MepMask,
): Promise<Generation[]> {
  const prompts = samples.map((sample) => policyPrompt(condition, sample, source, mask));
  const groups = await generate(runner, `descriptions, ${condition}`, prompts, 1);
  return groups.map(([first]) => first!);
}

/** A policy's replies to probes, as texts that the benchmark's parsers read. */
export interface ProbeAnswers {
  answers: MepAnswer[];
  /** Questions whose cue has a word the policy does not know; answered, but never right. */
  unaskable: string[];
}

interface AskedProbe {
  sample: MepSample;
  probe: MepProbe;
}

/**
 * Every probe, decided by log-prob: "yes" where the clip makes the cue clearly likelier than it is
 * with both streams blank. Nothing is generated.
 */
export async function answerProbes(
  samples: readonly MepSample[],
  runner: Runner,
  source: PromptSource,
  mask: MepMask,
): Promise<ProbeAnswers> {
  const probes = samples.flatMap((sample) => sample.probes.map((probe) => ({ sample, probe })));
  const datum = (prompt: Prompt, probe: MepProbe) => cueDatum(prompt, probe, runner);
  const blind = probes.map(({ sample, probe }) =>
    datum(promptUnder("blind", sample, source), probe),
  );
  const askable = probes.filter((_, index) => blind[index] !== null);
  const present = askable.filter(({ probe }) => probe.kind === "present");
  const score = (asked: readonly AskedProbe[], promptFor: (one: AskedProbe) => Prompt) =>
    statementLogprobs(
      runner,
      asked.map((one) => datum(promptFor(one), one.probe)!),
      0,
    );
  const floor = await statementLogprobs(
    runner,
    blind.filter((one) => one !== null),
    0,
  );
  const intact = await score(askable, ({ sample }) => promptUnder("full", sample, source));
  const hidden = await score(present, ({ sample, probe }) =>
    masked(probe.modality, sample, source, mask),
  );
  const floorOf = new Map(askable.map((one, index) => [one, floor[index]!]));
  const reply = (asked: readonly AskedProbe[], given: readonly number[], under: MepMask | null) =>
    asked.map((one, index) => ({
      id: probeId(one.sample.id, one.probe.id, under),
      text: affirms(given[index]!, floorOf.get(one)!) ? "Yes." : "No.",
    }));
  const unknown = probes
    .filter((one) => !floorOf.has(one))
    .flatMap(({ sample, probe }) => [
      probeId(sample.id, probe.id, null),
      ...(probe.kind === "present" ? [probeId(sample.id, probe.id, mask)] : []),
    ]);
  return {
    answers: [
      ...reply(askable, intact, null),
      ...reply(present, hidden, mask),
      ...unknown.map((id) => ({ id, text: noWords })),
    ],
    unaskable: unknown,
  };
}

/** Neither parser reads this as yes or no: the letters of both are avoided. */
const noWords = "The words are lacking.";

/**
 * The cue after the fullest context that the policy has words for; null where it lacks the cue's.
 */
function cueDatum(prompt: Prompt, probe: MepProbe, { tokenizer }: Runner): StatementDatum | null {
  for (const context of probeContexts[probe.modality]) {
    const datum = statementDatum(prompt, context, probe.cue, tokenizer);
    if (datum !== null) return datum;
  }
  return null;
}

/** Which context each modality's cues are asked in. */
export function contextsFor(tokenizer: Tokenizer): Record<EvidenceModality, string> {
  const [visual, acoustic] = evidenceModalities.map(
    (modality) =>
      probeContexts[modality].find((text) => {
        return tokenizer.decode(tokenizer.encode(text).ids).text === text;
      }) ?? "none",
  );
  return { visual: visual!, acoustic: acoustic! };
}
