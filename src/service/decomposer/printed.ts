import {
  emotionAnswer,
  emotionQuestion,
  emotionSchema,
  perceptionAnswer,
  perceptionQuestion,
  perceptionSchema,
  printedVersion,
} from "../../cues/asked/printed-prompt.ts";
import { brokenRule, cuesOfPhrases } from "../../cues/asked/printed-rules.ts";
import type { CueSet } from "../../cues/cue.ts";
import type { ChatModel } from "../../endpoint/port.ts";
import { askForJson } from "../model/ask.ts";
import type { Decomposer } from "./port.ts";

/**
 * Decomposes with a chat model by the paper's printed rules: visual and audio cues by one question,
 * emotion cues by a second one, which is ours. Phrases of 2 to 6 words that stand in the reference;
 * no cues at all is an answer. Otherwise the model is asked again, `tries` times in all a question.
 * @throws EndpointError MODEL_ANSWER, and those of the model.
 */
export function printedDecomposer(
  model: ChatModel,
  limits: { tries: number; maxTokens: number },
): Decomposer {
  const id = `${model.id}+${printedVersion}`;
  return {
    id,
    async decompose(reference): Promise<CueSet> {
      const asked = { ...limits, user: reference };
      const complaint = (phrases: readonly string[]) =>
        phrases.map((phrase) => brokenRule(phrase, reference)).find(Boolean) ?? null;
      const [perceived, felt] = await Promise.all([
        askForJson(model, {
          ...asked,
          name: "perceived_cues",
          system: perceptionQuestion,
          schema: perceptionSchema,
          answer: perceptionAnswer,
          complaint: ({ visual_cues, audio_cues }) => complaint([...visual_cues, ...audio_cues]),
        }),
        askForJson(model, {
          ...asked,
          name: "emotion_cues",
          system: emotionQuestion,
          schema: emotionSchema,
          answer: emotionAnswer,
          complaint: ({ emotion_cues }) => complaint(emotion_cues),
        }),
      ]);
      const cues = [
        ...cuesOfPhrases("visual", perceived.visual_cues, reference),
        ...cuesOfPhrases("acoustic", perceived.audio_cues, reference),
        ...cuesOfPhrases("emotion", felt.emotion_cues, reference),
      ];
      return { cues, extractor: id };
    },
  };
}
