import { describe, expect, it } from "vitest";
import { EndpointError } from "../../../core/errors.ts";
import { intervalOfDraws } from "../../../core/stats.ts";
import type { ChatModel } from "../../../endpoint/port.ts";
import { basicMapping } from "../taxonomy.ts";
import { labelDraws, sentimentDraws } from "./interval.ts";
import { answerLabelReader, chatLabelReader, isUnreadable } from "./labels.ts";

const chat = (...replies: (string | Error)[]): ChatModel & { prompts: string[] } => {
  const prompts: string[] = [];
  return {
    id: "reader",
    prompts,
    async chat({ messages }) {
      const reply = replies[prompts.length]!;
      prompts.push(messages[0]!.content as string);
      if (reply instanceof Error) throw reply;
      return {
        text: reply,
        finish: "stop",
        attempts: 1,
        usage: { promptTokens: 5, completionTokens: 2 },
      };
    },
  };
};

describe("labels by a second model", () => {
  it("are the cleaned list; sentiment is read from the list", async () => {
    const emotion = chat("输出：[happy,\n proud]");
    expect(await chatLabelReader(emotion).read("meld", "She beams.")).toMatchObject({
      openset: "[happy, proud]",
    });
    expect(emotion.prompts[0]).toContain("Description: She beams.");
    const sentiment = chat("[angry]", "Negative.");
    expect(await chatLabelReader(sentiment).read("sims", "He shouts.")).toEqual({
      openset: "[angry]",
      sentiment: "negative",
      usage: { promptTokens: 10, completionTokens: 4 },
    });
    expect(sentiment.prompts[1]).toContain("Emotions of a person: [angry]");
  });

  it("fail one by one, but all at once where key or model name is wrong", async () => {
    const late = chatLabelReader(chat(new EndpointError("ENDPOINT_TIMEOUT", "late")));
    expect(await late.read("meld", "x")).toEqual({ code: "ENDPOINT_TIMEOUT", message: "late" });
    for (const code of ["ENDPOINT_AUTH", "ENDPOINT_NOT_FOUND"]) {
      const locked = chatLabelReader(chat(new EndpointError(code, "no entry")));
      await expect(locked.read("meld", "x")).rejects.toThrow("no entry");
    }
  });
});

describe("labels of <answer>", () => {
  it.each([
    "<think>So</think><answer>happy，proud</answer>",
    "<think>into <answer></answer>.</think><answer>happy、proud</answer>",
    "<think>into <answer> then</think>She beams.<answer>happy；proud",
  ])("of %j are separated by commas", async (text) => {
    expect(await answerLabelReader.read("meld", text)).toEqual({ openset: "[happy, proud]" });
  });

  it("are its list and its sentiment word", async () => {
    const text = "<think>So [so]</think><answer>Positive, [happy]\nproud</answer>";
    expect(await answerLabelReader.read("meld", text)).toEqual({
      openset: "[Positive,  happy  proud]",
    });
    expect(await answerLabelReader.read("sims", text)).toMatchObject({ sentiment: "positive" });
    const none = await answerLabelReader.read("sims", "happy");
    expect(none).toEqual({ openset: "[]", sentiment: "" });
    expect(isUnreadable("sims", { openset: "[]", sentiment: "" })).toBe(true);
  });
});

it("readings of another form count as unreadable, empty lists do not", () => {
  const unreadable = ["happy", "[happy].", "[a] and [b]", "[", ""];
  expect(unreadable.filter((openset) => !isUnreadable("meld", { openset }))).toEqual([]);
  expect(isUnreadable("meld", { openset: "[]" })).toBe(false);
});

describe("intervals", () => {
  const ids = Array.from({ length: 60 }, (_, i) => `s${i}`);
  const truth = new Map(ids.map((id, i) => [id, i % 2 ? "happy" : "angry"]));
  const mapping = basicMapping();
  const right = (share: number) =>
    new Map(ids.map((id, i) => [id, i < share * 60 ? `[${truth.get(id)}]` : "[sad]"]));
  const hit = (share: number, id: string) =>
    intervalOfDraws(labelDraws("meld", truth, right(share), mapping, { mode: "strict" })[id]!);

  it("hold the score, and close where there is nothing to vary", () => {
    expect(hit(1, "hit-rate")).toEqual({ low: 1, high: 1 });
    expect(hit(0.5, "list-length")).toEqual({ low: 1, high: 1 });
    for (const id of ["hit-rate", "m-score", "hit-rate-oppo-basic"]) {
      const half = hit(0.5, id);
      expect(half.low).toBeGreaterThan(0.3);
      expect(half.low).toBeLessThan(0.5);
      expect(half.high).toBeGreaterThan(0.5);
    }
  });

  it("of open sets are there for every metric of the table", () => {
    const open = labelDraws("ovmerdplus", truth, right(0.5), mapping, { mode: "strict" });
    const { "list-length": _, ...shares } = open;
    expect(Object.keys(shares)).toHaveLength(11);
    for (const draws of Object.values(shares)) {
      expect(intervalOfDraws(draws).low).toBeLessThan(0.5);
      expect(intervalOfDraws(draws).high).toBeGreaterThan(0.5);
    }
  });

  it("read label lists as the score does: a lone bracket fails in compat mode only", () => {
    const said = right(1).set("s0", "[");
    expect(() => labelDraws("meld", truth, said, mapping, { mode: "strict" })).not.toThrow();
    expect(() => labelDraws("meld", truth, said, mapping, { mode: "compat" })).toThrow(
      /IndexError/,
    );
  });

  it("of sentiment leave out zeros and take neutral as negative", () => {
    const values = new Map(ids.map((id, i) => [id, i % 3 === 0 ? 0 : i % 3 === 1 ? 1 : -1]));
    const said = new Map(ids.map((id, i) => [id, i % 3 === 1 ? "positive" : "neutral"]));
    const waf = () => intervalOfDraws(sentimentDraws("sims", values, said).waf!);
    expect(waf()).toEqual({ low: 1, high: 1 });
    said.set("s1", "neutral");
    expect(waf().low).toBeLessThan(1);
  });
});
