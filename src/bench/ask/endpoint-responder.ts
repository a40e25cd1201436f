import type { ChatMessage, ChatModel } from "../../endpoint/port.ts";
import type { ClipParts } from "./clip-parts.ts";
import type { Responder } from "./port.ts";

export interface EndpointResponderOptions {
  /** Put before every question, where a model wants one. */
  system?: string;
  /** 0 is greedy. */
  temperature?: number;
  seed?: number;
  /** What becomes of thinking that the server parts from the answer; default `named`. */
  reasoning?: ReasoningUse;
}

/**
 * `named`: a note says that it is there and not scored. `scored`: it goes before the answer as the
 * block that the model wrote, as a server that parts nothing sends it.
 */
export const reasoningUses = ["named", "scored"] as const;
export type ReasoningUse = (typeof reasoningUses)[number];

/** A model under test behind a server: pictures first, then sound, then the words. */
export function endpointResponder(
  chat: ChatModel,
  clips: ClipParts,
  options: EndpointResponderOptions = {},
): Responder {
  const { system, temperature = 0, seed, reasoning: use = "named" } = options;
  const before: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  return {
    id: chat.id,
    async respond({ media, prompt, maxTokens }) {
      const parts = await clips.partsOf(media);
      const { reasoning, ...answer } = await chat.chat({
        messages: [
          ...before,
          { role: "user", content: [...parts, { kind: "text", text: prompt }] },
        ],
        temperature,
        maxTokens,
        ...(seed !== undefined && { seed }),
      });
      const mute = media.audio !== undefined && clips.mute.has(media.audio);
      return {
        ...answer,
        ...(mute && { mute }),
        ...(reasoning && use === "named" && { unread: reasoning.field }),
        ...(reasoning && use === "scored" && { text: whole(reasoning.text, answer.text) }),
      };
    },
  };
}

/** An empty text was all thinking that the limit cut: its block never closed. */
const whole = (thinking: string, text: string): string =>
  text.trim() === "" ? `<think>${thinking}` : `<think>${thinking}</think>\n\n${text}`;
