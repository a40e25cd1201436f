import type { z } from "zod";
import { findQuote, once } from "../../cues/asked/quotes.ts";
import type { Cue, CueSet } from "../../cues/cue.ts";
import { polarityOf } from "../../cues/polarity.ts";
import type { ChatModel } from "../../endpoint/port.ts";
import { askForJson } from "../model/ask.ts";
import type { Decomposer } from "./port.ts";
import {
  decompositionAnswer as answer,
  decompositionPrompt,
  decompositionSchema,
  decompositionVersion,
} from "./prompt.ts";

const maxWords = 8;

type Answer = z.infer<typeof answer>;

/**
 * Decomposes with a chat model. An answer counts only if every cue quotes the reference: what the
 * text does not say can't become a cue. Otherwise the model is asked again, `tries` times in all.
 * @throws EndpointError MODEL_ANSWER, and those of the model.
 */
export function modelDecomposer(
  model: ChatModel,
  { tries, maxTokens }: { tries: number; maxTokens: number },
): Decomposer {
  const id = `${model.id}+${decompositionVersion}`;
  return {
    id,
    async decompose(reference): Promise<CueSet> {
      const { cues } = await askForJson(model, {
        name: "decomposition",
        system: decompositionPrompt,
        user: reference,
        schema: decompositionSchema,
        answer,
        complaint: (value) => complaintAbout(value, reference),
        tries,
        maxTokens,
      });
      return { cues: once(cues.map((cue) => toCue(cue, reference))), extractor: id };
    },
  };
}

function complaintAbout({ cues }: Answer, reference: string): string | null {
  for (const { text, quote } of cues) {
    const words = text.split(/\s+/).length;
    if (words > maxWords) return `the cue "${text}" has ${words} words, more than ${maxWords}`;
    if (!findQuote(quote, reference)) return `the quote "${quote}" does not stand in the text`;
  }
  return null;
}

function toCue({ modality, text, quote }: Answer["cues"][number], reference: string): Cue {
  return { modality, text, positive: polarityOf(text), span: findQuote(quote, reference)! };
}
