import type { EvidenceModality } from "../../../cues/cue.ts";
import { maskPrompt } from "../../../prompt/mask.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import { type PromptSource, promptUnder, streamOf } from "./conditions.ts";
import type { Generation, Runner } from "./generate.ts";
import type { ItemClip } from "./items.ts";
import type { TokenDrop } from "./result.ts";

/** l − m^v and l − m^a of every token of one response per clip (spec algorithms §0): out[clip][token]. */
export async function tokenDrops(
  runner: Runner,
  clips: readonly ItemClip[],
  responses: readonly Generation[],
  source: PromptSource,
): Promise<TokenDrop[][]> {
  const { policy, tokenizer } = runner;
  const pass = (promptFor: (clip: ItemClip) => Prompt) =>
    policy.logprobs(
      clips.map((clip, index) => ({
        prompt: promptFor(clip),
        tokens: responses[index]!.completion.tokens,
      })),
    );
  if (clips.length === 0) return [];
  const full = await pass((clip) => promptUnder("full", clip, source));
  const video = await pass((clip) => hide(runner, clip, "visual", source));
  const audio = await pass((clip) => hide(runner, clip, "acoustic", source));
  return clips.map((_, index) => {
    const { offsets } = tokenizer.decode(responses[index]!.completion.tokens);
    return offsets.map(({ start, end }, token) => {
      const logprob = full[index]![token]!;
      return {
        start,
        end,
        logprob,
        visual: logprob - video[index]![token]!,
        acoustic: logprob - audio[index]![token]!,
      };
    });
  });
}

function hide(
  { options }: Runner,
  clip: ItemClip,
  modality: EvidenceModality,
  source: PromptSource,
): Prompt {
  const stream = streamOf[modality];
  if (options.dropMask !== "drop") {
    return promptUnder(`${stream}-${options.dropMask}`, clip, source);
  }
  const dropped = maskPrompt(promptUnder("full", clip, source), stream, "drop");
  return { ...dropped, id: `${clip.id}|${stream}-drop` };
}
