import { describe, expect, it } from "vitest";
import { perceptionQuestion } from "../../../cues/asked/printed-prompt.ts";
import type { ChatModel, ChatRequest } from "../../../endpoint/port.ts";
import { chatCueReader } from "../asked/chat-cues.ts";
import { chatDecomposer } from "./chat-decomposer.ts";
import { printedCueReader } from "./printed-cues.ts";

const text = "Her brows are raised. A shaky voice. So she is afraid.";
const says = (visual: readonly string[], audio: readonly string[]) =>
  JSON.stringify({ visual_cues: visual, audio_cues: audio });

/** A model that gives these replies in turn, the last one for ever. */
function replying(...replies: string[]): ChatModel & { requests: ChatRequest[] } {
  const requests: ChatRequest[] = [];
  return {
    id: "scripted",
    requests,
    async chat(request) {
      requests.push(request);
      const reply = replies[Math.min(requests.length, replies.length) - 1]!;
      const usage = { promptTokens: 10, completionTokens: 2 };
      return { text: reply, finish: "stop", attempts: 1, usage };
    },
  };
}

describe("cues by the printed rules", () => {
  it("are asked for in the service's words, and no emotion cues are", async () => {
    const model = replying(says(["brows are raised"], ["shaky voice"]));
    const read = await printedCueReader.read(model, text);
    expect(read).toMatchObject({
      cues: {
        visual: [{ text: "brows are raised", positive: true }],
        acoustic: [{ text: "shaky voice" }],
        emotion: [],
      },
      usage: { promptTokens: 10, completionTokens: 2 },
    });
    expect(read).not.toHaveProperty("leftOut");
    expect(model.requests).toHaveLength(1);
    expect(model.requests[0]).toMatchObject({
      temperature: 0,
      messages: [
        { role: "system", content: perceptionQuestion },
        { role: "user", content: text },
      ],
    });
    expect(printedCueReader.id(model)).toMatch(
      /^chat: scripted, greedy, printed-perception-[0-9a-f]{8}$/,
    );
    expect(printedCueReader.id(model)).not.toBe(chatCueReader.id(model));
    expect(chatDecomposer(model).id).toBe(printedCueReader.id(model));
  });

  it("may be none", async () => {
    expect(await printedCueReader.read(replying(says([], [])), text)).toMatchObject({
      cues: { visual: [], acoustic: [] },
    });
  });

  it("are asked for again where a phrase breaks a rule, with the complaint", async () => {
    const model = replying(says(["raised"], []), says(["brows are raised"], []));
    const read = await printedCueReader.read(model, text);
    expect(read).toMatchObject({ cues: { visual: [{ text: "brows are raised" }] } });
    expect(model.requests[1]!.messages.at(-1)!.content).toMatch(/"raised" has 1 word/);
    expect(model.requests[1]!.seed).toBe(1);
  });

  it("leave out, after three tries, what still breaks a rule, and count it", async () => {
    const model = replying(says(["raised", "brows are raised"], ["a loud sigh"]));
    expect(await printedCueReader.read(model, text)).toMatchObject({
      cues: { visual: [{ text: "brows are raised" }], acoustic: [] },
      leftOut: 2,
      usage: { promptTokens: 30 },
    });
    expect(model.requests).toHaveLength(3);
  });

  it("are unreadable, not none, where no reply has the two lists", async () => {
    const replies = ["no cues here", '{"visual_cues": "smile"}', says(["brows are raised"], [])];
    expect(await printedCueReader.read(replying(...replies.slice(0, 2)), text)).toMatchObject({
      code: "CUES_UNREADABLE",
    });
    const fenced = replying(replies[0]!, `Here:\n\`\`\`json\n${replies[2]}\n\`\`\``);
    expect(await printedCueReader.read(fenced, text)).toMatchObject({
      cues: { visual: [{ text: "brows are raised" }] },
    });
  });
});
