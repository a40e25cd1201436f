import { describe, expect, it } from "vitest";
import { EndpointError, MediaError } from "../../../core/errors.ts";
import type { ChatModel, ChatRequest } from "../../../endpoint/port.ts";
import type { ClipParts } from "../../ask/clip-parts.ts";
import { judgeAnswer } from "./judge.ts";
import type { MmeQuestion } from "./task-set.ts";

const question: MmeQuestion = {
  task: "SA",
  id: "x/video/a.mp4",
  label: "positive",
  labelSet: "positive, negative",
  video: "a.mp4",
  audioClue: "A bright voice.",
};
const picture = { kind: "image", bytes: Uint8Array.of(1), mime: "image/jpeg" } as const;
const clips: ClipParts = { mute: new Set(), partsOf: async () => [picture] };

/** Replies one after the other, the last one for ever; an error is thrown. */
function model(...replies: (string | Error)[]) {
  const requests: ChatRequest[] = [];
  const made: ChatModel = {
    id: "test",
    async chat(request) {
      const reply = replies[Math.min(requests.length, replies.length - 1)]!;
      requests.push(request);
      if (reply instanceof Error) throw reply;
      const usage = { promptTokens: 10, completionTokens: 1 };
      return { text: reply, finish: "stop", attempts: 1, usage };
    },
  };
  return { made, requests };
}

const text = ({ messages }: ChatRequest): string =>
  messages
    .flatMap(({ content }) => (typeof content === "string" ? [] : content))
    .map((part) => (part.kind === "text" ? part.text : ""))
    .join("");
const good = "Sure: <score>Step 1: 1/1, Step 2: 0/1</score>";
const step = "<step>\nStep 1: a smile\nStep 2: positive\n</step>";

describe("judgeAnswer", () => {
  it("extracts steps, shows the judge pictures, clue, label and steps, and keeps its reply", async () => {
    const [steps, judge] = [model(step), model(good)];
    const judged = await judgeAnswer(question, "She smiles.", {
      steps: steps.made,
      judge: judge.made,
      clips,
    });
    expect(judged).toEqual({
      reply: good,
      steps: "\nStep 1: a smile\nStep 2: positive\n",
      stepsFailed: false,
      usage: { promptTokens: 20, completionTokens: 2 },
    });
    expect(text(steps.requests[0]!)).toContain("She smiles.");
    expect(text(steps.requests[0]!)).toContain("prediction is None");
    const [asked] = judge.requests;
    for (const part of ["A bright voice.", "True label: positive", "Step 1: a smile"]) {
      expect(text(asked!)).toContain(part);
    }
    expect(JSON.stringify(asked!.messages)).toContain("image/jpeg");
    expect(asked!.temperature).toBe(0);
  });

  it("asks again under another seed where the form is wrong", async () => {
    const [steps, judge] = [model("no", step), model("no", "<score>\n</score>", good)];
    const { reply } = await judgeAnswer(question, "x", {
      steps: steps.made,
      judge: judge.made,
      clips,
    });
    expect(reply).toBe(good);
    expect(judge.requests.map(({ seed }) => seed)).toEqual([undefined, 1, 2]);
    expect(steps.requests).toHaveLength(2);
  });

  it.each([
    ["SA", 10, 20],
    ["ER-Wild", 5, 20],
    ["FG-ER", 10, 5],
  ] as const)(
    "%s: gives up after the official tries; judging goes on without steps",
    async (task, tries, judgeTries) => {
      const [steps, judge] = [model("no"), model("no")];
      const tools = { steps: steps.made, judge: judge.made, clips };
      const judged = await judgeAnswer({ ...question, task }, "x", tools);
      expect(judged).toMatchObject({ reply: null, failure: "JUDGE_UNREADABLE", stepsFailed: true });
      expect(steps.requests).toHaveLength(tries);
      expect(judge.requests).toHaveLength(judgeTries);
      expect(text(judge.requests[0]!)).toContain("Error: JUDGE_UNREADABLE");
    },
  );

  it("gives null without clue, without clip and without server; stops where none can ever be judged", async () => {
    const { audioClue: _, ...unheard } = question;
    const tools = { steps: model(step).made, judge: model(good).made, clips };
    expect(await judgeAnswer(unheard, "x", tools)).toMatchObject({
      reply: null,
      failure: "AUDIO_CLUE_MISSING",
    });
    const noClip: ClipParts = {
      mute: new Set(),
      partsOf: () => Promise.reject(new MediaError("MEDIA_MISSING", "gone")),
    };
    expect(await judgeAnswer(question, "x", { ...tools, clips: noClip })).toMatchObject({
      failure: "MEDIA_MISSING",
    });
    const down = model(new EndpointError("ENDPOINT_TIMEOUT", "late"));
    expect(await judgeAnswer(question, "x", { ...tools, judge: down.made })).toMatchObject({
      reply: null,
      failure: "ENDPOINT_TIMEOUT",
    });
    expect(down.requests).toHaveLength(1);
    const locked = model(new EndpointError("ENDPOINT_AUTH", "no key")).made;
    await expect(judgeAnswer(question, "x", { ...tools, judge: locked })).rejects.toThrow("no key");
  });
});
