import { EndpointError } from "../../../core/errors.ts";
import {
  perceptionQuestion,
  perceptionSchema,
  perceptionVersion,
} from "../../../cues/asked/printed-prompt.ts";
import { brokenRule, cuesOfPhrases } from "../../../cues/asked/printed-rules.ts";
import type { ChatMessage, ChatModel } from "../../../endpoint/port.ts";
import { isHopeless } from "../../ask/hopeless.ts";
import { type ChatCueReader, cueTries, type ReadCues } from "../asked/chat-cues.ts";

/**
 * Cues by the rules that the paper prints for its references: two lists, phrases of 2 to 6 words
 * that stand in the text, empty lists where nothing is said. That the benchmark's decomposer keeps
 * to the same rules is our reading; the paper names the model and prints no rules for it. No
 * question for emotion cues: the benchmark counts none.
 */
export const printedCueReader: ChatCueReader = {
  id: (chat) => `chat: ${chat.id}, greedy, ${perceptionVersion}`,
  read: readPrintedCues,
};

interface Phrases {
  visual: string[];
  acoustic: string[];
}

/**
 * Greedy. A reply that can't be read, or has a phrase that breaks a rule, is asked for again with
 * the complaint; after the last try such phrases are left out and counted.
 */
async function readPrintedCues(chat: ChatModel, text: string, again = false): Promise<ReadCues> {
  const usage = { promptTokens: 0, completionTokens: 0 };
  const messages: ChatMessage[] = [
    { role: "system", content: perceptionQuestion },
    { role: "user", content: text.trim() },
  ];
  let last: Phrases | undefined;
  for (let attempt = 0; attempt < cueTries; attempt++) {
    try {
      const reply = await chat.chat({
        messages: [...messages],
        temperature: 0,
        maxTokens: 1024,
        schema: { name: "perceived_cues", schema: perceptionSchema },
        ...(attempt > 0 && { seed: attempt }),
        ...(again && { fresh: true }),
      });
      usage.promptTokens += reply.usage?.promptTokens ?? 0;
      usage.completionTokens += reply.usage?.completionTokens ?? 0;
      const phrases = phrasesOf(reply.text);
      last = phrases ?? last;
      const complaint = phrases === undefined ? "it is no such JSON" : complaintOf(phrases, text);
      if (complaint === null) break;
      messages.push(
        { role: "assistant", content: reply.text },
        { role: "user", content: `That can't be used: ${complaint}. Answer again, JSON only.` },
      );
    } catch (error) {
      if (!(error instanceof EndpointError) || isHopeless(error)) throw error;
      return { code: error.code, usage };
    }
  }
  return last === undefined ? { code: "CUES_UNREADABLE", usage } : { ...kept(last, text), usage };
}

const complaintOf = ({ visual, acoustic }: Phrases, text: string): string | null =>
  [...visual, ...acoustic].map((phrase) => brokenRule(phrase, text)).find(Boolean) ?? null;

function kept(phrases: Phrases, text: string) {
  const good = (list: readonly string[]) => list.filter((one) => brokenRule(one, text) === null);
  const [visual, acoustic] = [good(phrases.visual), good(phrases.acoustic)];
  const leftOut = phrases.visual.length + phrases.acoustic.length - visual.length - acoustic.length;
  return {
    cues: {
      visual: cuesOfPhrases("visual", visual, text),
      acoustic: cuesOfPhrases("acoustic", acoustic, text),
      emotion: [],
    },
    ...(leftOut > 0 && { leftOut }),
  };
}

/** The lists of a reply; servers that know no schema may put words or a code fence around them. */
function phrasesOf(reply: string): Phrases | undefined {
  let json: { visual_cues?: unknown; audio_cues?: unknown };
  try {
    json = JSON.parse(/\{[\s\S]*\}/.exec(reply)?.[0] ?? "") as typeof json;
  } catch {
    return undefined;
  }
  const [visual, acoustic] = [listOf(json.visual_cues), listOf(json.audio_cues)];
  return visual && acoustic ? { visual, acoustic } : undefined;
}

function listOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.some((one) => typeof one !== "string")) return undefined;
  return (value as string[]).map((one) => one.trim()).filter((one) => one !== "");
}
