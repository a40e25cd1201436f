import { BenchError } from "../../../core/errors.ts";
import type { Rng } from "../../../core/rng.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import { modalityOf } from "../../../cues/streams.ts";
import { type MaskMode, maskPrompt, takesDonor } from "../../../prompt/masks.ts";
import type { Modality, Prompt } from "../../../prompt/prompt.ts";

/**
 * What a policy is given. `blank`: black frames or silence in place of one stream; `swap`: the
 * stream of the frozen donor; `blind`: both blank; `text-only`: both dropped from attention.
 */
export const conditions = [
  "full",
  "video-blank",
  "audio-blank",
  "video-swap",
  "audio-swap",
  "blind",
  "text-only",
] as const;
export type Condition = (typeof conditions)[number];

/** Everything that prompts are made from. */
export interface PromptSource {
  /** Clip id → prompt with its own streams. */
  prompts: ReadonlyMap<string, Prompt>;
  /** One feature row of black frames, and of silence. */
  blank: Readonly<Record<Modality, Float32Array>>;
}

/** A clip of an item set with the clips whose streams take the place of its own under `swap`. */
export interface PairedClip {
  id: string;
  donors: Readonly<Record<EvidenceModality, string>>;
}

/**
 * The clip's prompt under a condition. Its id names the condition for readers only: engines tell
 * prompts apart by features, attention and text.
 * @throws BenchError `PROMPT_MISSING` for a clip, or its donor, without a prompt.
 */
export function promptUnder(condition: Condition, clip: PairedClip, source: PromptSource): Prompt {
  if (condition === "full") return promptOf(clip.id, source);
  const masked = (): Prompt => {
    switch (condition) {
      case "video-blank":
        return hidden(clip, "video", "blank", source);
      case "audio-blank":
        return hidden(clip, "audio", "blank", source);
      case "video-swap":
        return hidden(clip, "video", "swap", source);
      case "audio-swap":
        return hidden(clip, "audio", "swap", source);
      case "blind":
        return bothHidden(clip, "blank", source);
      case "text-only":
        return bothHidden(clip, "drop", source);
    }
  };
  return { ...masked(), id: `${clip.id}|${condition}` };
}

/**
 * The clip's prompt with one stream hidden in any of the ways. `rng` draws the noise of `noise`.
 */
export function hiddenPrompt(
  clip: PairedClip,
  stream: Modality,
  mode: MaskMode,
  source: PromptSource,
  rng?: Rng,
): Prompt {
  return { ...hidden(clip, stream, mode, source, rng), id: `${clip.id}|${stream}-${mode}` };
}

function hidden(
  clip: PairedClip,
  stream: Modality,
  mode: MaskMode,
  source: PromptSource,
  rng?: Rng,
): Prompt {
  return maskPrompt(promptOf(clip.id, source), stream, mode, {
    blank: source.blank,
    ...(takesDonor(mode) && { donor: promptOf(clip.donors[modalityOf[stream]], source) }),
    ...(rng !== undefined && { rng }),
  });
}

function bothHidden(clip: PairedClip, mode: "blank" | "drop", source: PromptSource): Prompt {
  const { blank } = source;
  return maskPrompt(hidden(clip, "video", mode, source), "audio", mode, { blank });
}

function promptOf(id: string, source: PromptSource): Prompt {
  const prompt = source.prompts.get(id);
  if (prompt === undefined) {
    throw new BenchError("PROMPT_MISSING", `no prompt for clip '${id}' of the item set`, {
      hint: "load features for every clip of the items' split",
    });
  }
  return prompt;
}
