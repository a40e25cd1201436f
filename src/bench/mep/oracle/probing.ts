import { BenchError } from "../../../core/errors.ts";
import type { Datum } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import { type Condition, type PromptSource, promptUnder } from "./conditions.ts";
import type { Runner } from "./generate.ts";
import type { ItemClip, MepItems } from "./items.ts";
import type { Probe } from "./probes.ts";

/** Log-probs (nats, summed over the statement's tokens) of the two statements of a probe. */
export interface StatementPair {
  present: number;
  absent: number;
}

export interface ProbeOutcome {
  modality: Probe["modality"];
  crossModal: boolean;
  /** Both streams as they are. */
  intact: StatementPair;
  /** The probed modality blank, the other one as it is. */
  hidden: StatementPair;
  /** Both blank: what the policy says whatever the clip. */
  blind: StatementPair;
}

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
        statementDatum(prompt, context, statement.text, runner.tokenizer),
      );
    });
  });
  const totals = await statementLogprobs(runner, asked, clips.length);
  return Array.from({ length: asked.length / 2 }, (_, pair) => ({
    present: totals[2 * pair]!,
    absent: totals[2 * pair + 1]!,
  }));
}

/** Every text that probes ask about: a tokenizer made from these and the corpus misses no word of them. */
export function probeTexts(items: MepItems): string[] {
  return items.clips.flatMap((clip) =>
    clip.probes.flatMap(({ modality, present, absent }) =>
      [present, absent].map(({ text }) => `${items.probeContext[modality]} ${text}`),
    ),
  );
}

interface Asked {
  datum: Datum;
  /** Index of the statement's first token. */
  from: number;
}

function statementDatum(
  prompt: Prompt,
  context: string,
  statement: string,
  tokenizer: Tokenizer,
): Asked {
  const text = `${context} ${statement}`;
  const { ids, offsets } = tokenizer.encode(text);
  if (tokenizer.decode(ids).text !== text) {
    throw new BenchError("PROBE_VOCABULARY", `the tokenizer has no tokens for '${text}'`, {
      hint: "build the vocabulary from the corpus and `probeTexts(items)`; a small corpus misses words",
    });
  }
  const from = offsets.findIndex((offset) => offset.end > context.length);
  return { datum: { prompt, tokens: Int32Array.from(ids) }, from };
}

async function statementLogprobs(
  { policy, options, advance }: Runner,
  asked: readonly Asked[],
  clips: number,
): Promise<number[]> {
  const totals: number[] = [];
  // A datum here is a few tokens: larger chunks than for generation.
  const chunk = options.chunk * 4;
  for (let start = 0; start < asked.length; start += chunk) {
    const part = asked.slice(start, start + chunk);
    const logprobs = await policy.logprobs(part.map(({ datum }) => datum));
    part.forEach(({ from }, index) => {
      totals.push(logprobs[index]!.subarray(from).reduce((total, value) => total + value, 0));
    });
    advance((clips * part.length) / asked.length);
  }
  if (asked.length === 0) advance(clips);
  return totals;
}
