import { expect, it } from "vitest";
import type { ChatModel } from "../../endpoint/port.ts";
import { answerNotes } from "./answer-notes.ts";
import type { ClipParts } from "./clip-parts.ts";
import { endpointResponder } from "./endpoint-responder.ts";

it("answers about silent clips and cut ones say so themselves, so a resumed run counts them too", async () => {
  const chat: ChatModel = {
    id: "m",
    chat: async ({ maxTokens }) => ({
      text: "well",
      finish: maxTokens < 100 ? "length" : "stop",
      attempts: 1,
    }),
  };
  const clips: ClipParts = { mute: new Set(["silent.mp4"]), partsOf: async () => [] };
  const { respond } = endpointResponder(chat, clips);
  const ask = (clip: string, heard: boolean, maxTokens: number) =>
    respond({
      id: "q",
      prompt: "?",
      maxTokens,
      media: { video: clip, ...(heard && { audio: clip }) },
    });
  const silent = await ask("silent.mp4", true, 200);
  const unheard = await ask("silent.mp4", false, 200);
  const cut = await ask("loud.mp4", true, 16);
  expect([silent.mute, unheard.mute, cut.mute]).toEqual([true, undefined, undefined]);
  expect(answerNotes([unheard])).toEqual([]);
  expect(answerNotes([silent, unheard, cut, cut])).toEqual([
    expect.stringMatching(/^1 answers.*without a sound track/),
    expect.stringMatching(/^2 answers were cut/),
  ]);
});
