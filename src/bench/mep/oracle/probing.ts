import { BenchError } from "../../../core/errors.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import { type Condition, type PromptSource, promptUnder } from "../shared/conditions.ts";
import type { Runner } from "../shared/generate.ts";
import { type StatementDatum, statementDatum, statementLogprobs } from "../shared/statements.ts";
import type { ItemClip, MepItems } from "./item.ts";
import type { ProbeOutcome, StatementPair } from "./probe-outcome.ts";
import type { Probe } from "./probes.ts";

/** How each statement is asked about; the keys of an outcome. */
export const probeSituations = ["intact", "hidden", "blind"] as const;
type Situation = (typeof probeSituations)[number];

/** Decides every probe of the clips: out[clip][probe]. Nothing is generated. */
export async function runProbes(
  runner: Runner,
  items: MepItems,
  clips: readonly ItemClip[],
  source: PromptSource,
): Promise<ProbeOutcome[][]> {
  const ask = (situation: Situation) =>
    score(runner, items, clips, (clip, probe) =>
      promptUnder(conditionFor(situation, probe), clip, source),
    );
  const intact = await ask("intact");
  const hidden = await ask("hidden");
  const blind = await ask("blind");
  let at = 0;
  return clips.map((clip) =>
    clip.probes.map(({ modality, crossModal }) => {
      const index = at++;
      return {
        modality,
        crossModal,
        intact: intact[index]!,
        hidden: hidden[index]!,
        blind: blind[index]!,
      };
    }),
  );
}

function conditionFor(situation: Situation, probe: Probe): Condition {
  if (situation === "intact") return "full";
  if (situation === "blind") return "blind";
  return probe.modality === "visual" ? "video-blank" : "audio-blank";
}

async function score(
  runner: Runner,
  items: MepItems,
  clips: readonly ItemClip[],
  promptFor: (clip: ItemClip, probe: Probe) => Prompt,
): Promise<StatementPair[]> {
  const asked = clips.flatMap((clip) => {
    const prompts = new Map<string, Prompt>();
    return clip.probes.flatMap((probe) => {
      const prompt = prompts.get(probe.modality) ?? promptFor(clip, probe);
      prompts.set(probe.modality, prompt);
      const context = items.probeContext[probe.modality];
      return [probe.present, probe.absent].map((statement) =>
        needDatum(prompt, context, statement.text, runner.tokenizer),
      );
    });
  });
  const totals = await statementLogprobs(runner, asked, clips.length);
  return Array.from({ length: asked.length / 2 }, (_, pair) => ({
    present: totals[2 * pair]!,
    absent: totals[2 * pair + 1]!,
  }));
}

/**
 * Every text that probes ask about: a tokenizer made from these and the corpus misses no word of
 * them.
 */
export function probeTexts(items: MepItems): string[] {
  return items.clips.flatMap((clip) =>
    clip.probes.flatMap(({ modality, present, absent }) =>
      [present, absent].map(({ text }) => `${items.probeContext[modality]} ${text}`),
    ),
  );
}

function needDatum(
  prompt: Prompt,
  context: string,
  statement: string,
  tokenizer: Tokenizer,
): StatementDatum {
  const datum = statementDatum(prompt, context, statement, tokenizer);
  if (datum !== null) return datum;
  throw new BenchError(
    "PROBE_VOCABULARY",
    `the tokenizer has no tokens for '${context} ${statement}'`,
    {
      hint: "build the vocabulary from the corpus and `probeTexts(items)`; a small corpus misses words",
    },
  );
}
