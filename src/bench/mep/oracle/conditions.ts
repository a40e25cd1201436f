import { BenchError } from "../../../core/errors.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import { maskPrompt } from "../../../prompt/mask.ts";
import type { Modality, Prompt } from "../../../prompt/prompt.ts";
import type { ItemClip } from "./items.ts";

/**
 * What a policy is given. `blank`: black frames or silence in place of one stream; `swap`: the stream of
 * the frozen donor; `blind`: both blank; `text-only`: both dropped from attention.
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

/** The stream a modality's evidence comes from. */
export const streamOf: Readonly<Record<EvidenceModality, Modality>> = {
  visual: "video",
  acoustic: "audio",
};

/**
 * The clip's prompt under a condition. Its id names the condition for readers only: engines tell prompts
 * apart by features, attention and text.
 */
export function promptUnder(condition: Condition, clip: ItemClip, source: PromptSource): Prompt {
  const prompt = promptOf(clip.id, source);
  const { blank } = source;
  const masked = (): Prompt => {
    switch (condition) {
      case "full":
        return prompt;
      case "video-blank":
        return maskPrompt(prompt, "video", "blank", { blank });
      case "audio-blank":
        return maskPrompt(prompt, "audio", "blank", { blank });
      case "video-swap":
        return maskPrompt(prompt, "video", "swap", { donor: promptOf(clip.donors.visual, source) });
      case "audio-swap":
        return maskPrompt(prompt, "audio", "swap", {
          donor: promptOf(clip.donors.acoustic, source),
        });
      case "blind":
        return bothMasked(prompt, "blank", blank);
      case "text-only":
        return bothMasked(prompt, "drop", blank);
    }
  };
  return condition === "full" ? prompt : { ...masked(), id: `${clip.id}|${condition}` };
}

function bothMasked(prompt: Prompt, mode: "blank" | "drop", blank: PromptSource["blank"]): Prompt {
  return maskPrompt(maskPrompt(prompt, "video", mode, { blank }), "audio", mode, { blank });
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
