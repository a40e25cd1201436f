import { EndpointError } from "../../../core/errors.ts";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import { polarityOf } from "../../../cues/polarity.ts";
import type { ChatModel, TokenUsage } from "../../../endpoint/port.ts";
import { isHopeless } from "../../ask/hopeless.ts";
import type { ExtractedCues } from "../reference/extractors.ts";
import type { MepCue } from "../reference/items.ts";

/** Changes when the same text begins to be asked about in another way. */
const cuePromptVersion = "mep-cues-1";

const cuePrompt = (text: string): string =>
  `Below is a description of a video clip of a person. List the cues it names: what it claims to see as "visual" \
(face, gaze, gestures, posture, scene) and what it claims to hear as "acoustic" (voice, pitch, loudness, pace, sounds). \
One short phrase a cue, in the description's own words; keep denials ("no smile"). Leave out emotions, conclusions, \
what is said, and remarks that something can't be seen or heard. Reply with JSON alone: {"visual": […], "acoustic": […]}

Description: ${text.trim()}`;

const list = { type: "array", items: { type: "string" } };
const schema = {
  name: "cues",
  schema: {
    type: "object",
    properties: { visual: list, acoustic: list },
    required: ["visual", "acoustic"],
    additionalProperties: false,
  },
};

const chatCuesId = (chat: ChatModel): string => {
  const hash = sha256(canonicalJson([cuePrompt("…"), schema])).slice(0, 8);
  return `chat: ${chat.id}, greedy, ${cuePromptVersion} (${hash})`;
};

/** Cues of one text, or why there are none: an unreadable reply is no description without cues. */
export type ReadCues = { usage: TokenUsage } & (
  | {
      cues: ExtractedCues;
      /** Phrases that broke a rule of the reader to the last, and are not among the cues. */
      leftOut?: number;
    }
  | { code: string }
);

/** A way of asking a chat model for the cues of a text. */
export interface ChatCueReader {
  /** Names model, version and words of the prompt: what cues depend on. */
  id(chat: ChatModel): string;
  /** `again`: past the cache. */
  read(chat: ChatModel, text: string, again?: boolean): Promise<ReadCues>;
}

export const cueTries = 3;

/** The reader of our own track. */
export const chatCueReader: ChatCueReader = { id: chatCuesId, read: readChatCues };

/** Greedy; an unreadable reply is asked for again under another seed. */
async function readChatCues(chat: ChatModel, text: string, again = false): Promise<ReadCues> {
  const usage = { promptTokens: 0, completionTokens: 0 };
  for (let attempt = 0; attempt < cueTries; attempt++) {
    try {
      const reply = await chat.chat({
        messages: [{ role: "user", content: cuePrompt(text) }],
        temperature: 0,
        maxTokens: 1024,
        schema,
        ...(attempt > 0 && { seed: attempt }),
        ...(again && { fresh: true }),
      });
      usage.promptTokens += reply.usage?.promptTokens ?? 0;
      usage.completionTokens += reply.usage?.completionTokens ?? 0;
      const cues = parseCues(reply.text);
      if (cues !== undefined) return { cues, usage };
    } catch (error) {
      if (!(error instanceof EndpointError) || isHopeless(error)) throw error;
      return { code: error.code, usage };
    }
  }
  return { code: "CUES_UNREADABLE", usage };
}

/** The object in a reply; servers that know no schema may put words or a code fence around it. */
function parseCues(reply: string): ExtractedCues | undefined {
  let json: { visual?: unknown; acoustic?: unknown };
  try {
    json = JSON.parse(/\{[\s\S]*\}/.exec(reply)?.[0] ?? "") as typeof json;
  } catch {
    return undefined;
  }
  const [visual, acoustic] = [cuesOf(json.visual), cuesOf(json.acoustic)];
  return visual && acoustic ? { visual, acoustic, emotion: [] } : undefined;
}

function cuesOf(value: unknown): MepCue[] | undefined {
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) return undefined;
  const texts = (value as string[]).map((text) => text.trim()).filter((text) => text !== "");
  return [...new Set(texts)].map((text) => ({ text, positive: polarityOf(text) }));
}
