import {
  emotionAnswer,
  emotionQuestion,
  emotionSchema,
  perceptionAnswer,
  perceptionQuestion,
  perceptionSchema,
  printedVersion,
} from "../../cues/asked/printed-prompt.ts";
import { findQuote, once } from "../../cues/asked/quotes.ts";
import type { Cue, CueModality, CueSet } from "../../cues/cue.ts";
import { polarityOf } from "../../cues/polarity.ts";
import type { ChatModel } from "../../endpoint/port.ts";
import { askForJson } from "../model/ask.ts";
import type { Decomposer } from "./port.ts";

const fewest = 2;
const most = 6;

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
      const [perceived, felt] = await Promise.all([
        askForJson(model, {
          ...asked,
          name: "perceived_cues",
          system: perceptionQuestion,
          schema: perceptionSchema,
          answer: perceptionAnswer,
          complaint: ({ visual_cues, audio_cues }) =>
            complaintAbout([...visual_cues, ...audio_cues], reference),
        }),
        askForJson(model, {
          ...asked,
          name: "emotion_cues",
          system: emotionQuestion,
          schema: emotionSchema,
          answer: emotionAnswer,
          complaint: ({ emotion_cues }) => complaintAbout(emotion_cues, reference),
        }),
      ]);
      const cues = [
        ...toCues("visual", perceived.visual_cues, reference),
        ...toCues("acoustic", perceived.audio_cues, reference),
        ...toCues("emotion", felt.emotion_cues, reference),
      ];
      return { cues: once(cues), extractor: id };
    },
  };
}

function complaintAbout(phrases: readonly string[], reference: string): string | null {
  for (const phrase of phrases) {
    const words = wordsOf(phrase);
    if (words < fewest || words > most) {
      return `"${phrase}" has ${words} word${words === 1 ? "" : "s"}, not ${fewest} to ${most}`;
    }
    if (!findQuote(phrase, reference)) return `"${phrase}" does not stand in the text`;
  }
  return null;
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** Words between spaces; in scripts that write none, as Unicode segments them. */
function wordsOf(phrase: string): number {
  if (!unspaced.test(phrase)) return phrase.split(/\s+/).length;
  return [...segmenter.segment(phrase)].filter(({ isWordLike }) => isWordLike).length;
}

function toCues(modality: CueModality, phrases: readonly string[], reference: string): Cue[] {
  return phrases.map((text) => ({
    modality,
    text,
    positive: polarityOf(text),
    span: findQuote(text, reference)!,
  }));
}
