import type { ChatMessage, ChatModel } from "../../endpoint/port.ts";
import type { ClipParts } from "./clip-parts.ts";
import type { Responder } from "./port.ts";

export interface EndpointResponderOptions {
  /** Put before every question, where a model wants one. */
  system?: string;
  /** 0 is greedy. */
  temperature?: number;
  seed?: number;
}

/** A model under test behind a server: pictures first, then sound, then the words. */
export function endpointResponder(
  chat: ChatModel,
  clips: ClipParts,
  options: EndpointResponderOptions = {},
): Responder {
  const { system, temperature = 0, seed } = options;
  const before: ChatMessage[] = system === undefined ? [] : [{ role: "system", content: system }];
  return {
    id: chat.id,
    async respond({ media, prompt, maxTokens }) {
      const parts = await clips.partsOf(media);
      const answer = await chat.chat({
        messages: [
          ...before,
          { role: "user", content: [...parts, { kind: "text", text: prompt }] },
        ],
        temperature,
        maxTokens,
        ...(seed !== undefined && { seed }),
      });
      const mute = media.audio !== undefined && clips.mute.has(media.audio);
      return mute ? { ...answer, mute } : answer;
    },
  };
}
