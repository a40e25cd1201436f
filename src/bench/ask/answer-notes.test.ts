import { describe, expect, it } from "vitest";
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

describe("thinking in a field of its own", () => {
  const given: ChatModel = {
    id: "thinker",
    chat: async ({ maxTokens }) => ({
      text: maxTokens < 10 ? "" : "She smiles.",
      reasoning: { field: "reasoning_content", text: "Let me look." },
      finish: "stop",
      attempts: 1,
    }),
  };
  const clips: ClipParts = { mute: new Set(), partsOf: async () => [] };
  const question = { id: "q", prompt: "?", maxTokens: 50, media: {} };

  it("is named and counted, and is no part of the answer", async () => {
    const answer = await endpointResponder(given, clips).respond(question);
    expect(answer).toEqual({
      text: "She smiles.",
      unread: "reasoning_content",
      finish: "stop",
      attempts: 1,
    });
    expect(answerNotes([answer, answer])).toEqual([
      expect.stringMatching(/^2 answers.*\(reasoning_content\).*--reasoning scored/),
    ]);
  });

  it("is put before the answer where it shall be scored, in a block that closes if an answer came", async () => {
    const { respond } = endpointResponder(given, clips, { reasoning: "scored" });
    const answer = await respond(question);
    expect(answer.text).toBe("<think>Let me look.</think>\n\nShe smiles.");
    expect((await respond({ ...question, maxTokens: 5 })).text).toBe("<think>Let me look.");
    expect(answerNotes([answer])).toEqual([]);
  });
});
