import { beforeAll, describe, expect, it } from "vitest";
import type { SplitRow } from "../../../data/clip-row.ts";
import type { Completion, Policy } from "../../../policy/port.ts";
import type { Prompt, Stream } from "../../../prompt/prompt.ts";
import { WordTokenizer } from "../../../prompt/tokenizer.ts";
import { clipItems } from "./clip-items.ts";
import { compareReference } from "./compare.ts";
import { evaluateReference, type ReferenceEvaluation } from "./evaluate.ts";
import { ruleExtractor } from "./extractors.ts";
import type { MepItems } from "./items.ts";
import { lexicalEmbedder } from "./lexical-embedder.ts";
import { mepQuestions } from "./questions.ts";
import { fakeRows } from "./rows.fake.ts";

const labels = ["happy", "sad", "angry", "surprised"];
const rows: SplitRow[] = fakeRows.map(({ id, text }, index) => ({
  id,
  split: "test",
  media: { video: `/clips of mine/${id}.mp4` },
  labels: [labels[index]!],
  reference: text,
}));
/** What is seen and heard in each clip, in the order of the rows. */
const seen = fakeRows.map(({ text }) => /In the video, (.*?)\. In the audio/.exec(text)![1]!);
const heard = fakeRows.map(({ text }) => /In the audio, (.*?)\. /.exec(text)![1]!);

const tokenizer = WordTokenizer.fromTexts([
  ...fakeRows.map(({ text }) => `<think>${text}</think><answer>happy</answer>`),
  ...labels.map((label) => `</think><answer>${label}</answer>`),
  ...rows.map((_, index) => respond(index, index, "happy")),
]);

function respond(video: number | null, audio: number | null, answer: string): string {
  const said = [
    video === null ? "" : `In the video, ${seen[video]}.`,
    audio === null ? "" : ` In the audio, ${heard[audio]}.`,
  ];
  return `<think>${said.join("").trim()}</think><answer>${answer}</answer>`;
}

/** A stream holds the number of its clip, from 1; 0 shows nothing. */
const stream = (value: number): Stream => ({
  features: new Float32Array([value]),
  tokens: 1,
  dim: 1,
  attended: true,
});
const prompts = new Map(
  rows.map(({ id }, index): [string, Prompt] => [
    id,
    { id, text: [], video: stream(index + 1), audio: stream(index + 1) },
  ]),
);
const blank = { video: new Float32Array(1), audio: new Float32Array(1) };
const shown = ({ features, attended }: Stream): number | null =>
  attended && features[0]! > 0 ? features[0]! - 1 : null;

/** Says and believes what it perceives; `habit` says the same of every clip. */
function policy(kind: "perceives" | "habit"): Policy {
  const refuse = () => Promise.reject(new Error("an evaluation trains nothing"));
  const view = (prompt: Prompt) => ({ video: shown(prompt.video), audio: shown(prompt.audio) });
  const say = (prompt: Prompt): string => {
    if (kind === "habit") return respond(0, 0, "happy");
    const { video, audio } = view(prompt);
    return respond(video, audio, labels[video ?? 0]!);
  };
  return {
    id: `fake-${kind}`,
    capabilities: { wholeVocabulary: false },
    distributions: refuse,
    sample: async (batch) =>
      batch.map((prompt): Completion[] => {
        const tokens = Int32Array.from(tokenizer.encode(say(prompt)).ids);
        return [{ tokens, logprobs: new Float32Array(tokens.length), stop: "eos" }];
      }),
    logprobs: async (batch) =>
      batch.map(({ prompt, tokens }) => {
        const { video, audio } = view(prompt);
        const text = tokenizer.decode(tokens).text;
        const given = [video === null ? "" : seen[video]!, audio === null ? "" : heard[audio]!];
        const cue = text.replace(/^.*,/, "").trim();
        const perceived = kind === "perceives" && given.some((one) => one.includes(cue));
        return new Float32Array(tokens.length).fill(perceived ? -0.1 : -3);
      }),
    backward: refuse,
    step: refuse,
    save: refuse,
    load: refuse,
    close: async () => {},
  };
}

let items: MepItems;
const input = (kind: "perceives" | "habit"): ReferenceEvaluation => ({
  name: kind,
  policy: policy(kind),
  tokenizer,
  prompts,
  blank,
  items,
  embedder: lexicalEmbedder,
  labels: new Map(rows.map(({ id, labels: own }) => [id, own])),
  options: { bootstrapDraws: 100, recordClips: 1 },
});

beforeAll(async () => {
  const tools = { extractor: ruleExtractor, embedder: lexicalEmbedder };
  items = await clipItems(rows, { name: "clips.jsonl" }, tools);
});

describe("items of clips", () => {
  it("name files by absolute path, so that any model can be asked about the same", () => {
    expect(items.samples[0]!.clip).toBe("/clips of mine/s1.mp4");
    expect(mepQuestions(items).length).toBeGreaterThan(16);
  });

  it("name no file where picture and sound lie apart: the film's own sound is not the clip's", async () => {
    const tools = { extractor: ruleExtractor, embedder: lexicalEmbedder };
    const apart = rows.map((row) => ({ ...row, media: { video: "/a.mp4", audio: "/a.wav" } }));
    const { samples } = await clipItems(apart, { name: "clips.jsonl" }, tools);
    expect(samples.some((sample) => "clip" in sample)).toBe(false);
    const whole = await evaluateReference({ ...input("perceives"), items: { ...items, samples } });
    expect(whole.score.counts).toMatchObject({ failed: 0, extra: 0 });
    expect(whole.estimates["probe-pair"]!.value).toBe(100);
  });

  it("list the rows that gave none, with the reason", async () => {
    const tools = { extractor: ruleExtractor, embedder: lexicalEmbedder };
    const bare: SplitRow = { id: "bare", split: "test", media: {}, labels: [], reference: " " };
    const more = await clipItems([...rows, bare], { name: "clips.jsonl" }, tools);
    expect(more.left).toEqual([{ id: "bare", reason: "no reference" }]);
    expect(more.source.rows).toBe(5);
  });
});

describe("a policy that says what it perceives", () => {
  it("recovers every cue, and stays silent about what is hidden", async () => {
    const { estimates, aboveFloor, probes } = await evaluateReference(input("perceives"));
    const value = (id: string) => [id, estimates[id]!.value];
    for (const id of ["utilization@0.6", "probe-pair", "accuracy", "format"]) {
      expect(value(id)).toEqual([id, 100]);
    }
    for (const id of ["masked-claims-visual", "masked-claims-acoustic", "text-only@0.6"]) {
      expect(value(id)).toEqual([id, 0]);
    }
    expect(aboveFloor.difference).toBeGreaterThan(50);
    expect(aboveFloor.low).toBeLessThanOrEqual(aboveFloor.difference!);
    expect(probes.unaskable).toBe(0);
  });

  it("leaves a record of each clip: which claim recovered which cue, and where it stands", async () => {
    const { clips } = await evaluateReference(input("perceives"));
    const [first] = clips;
    expect(first!.cues.every(({ recovered }) => recovered)).toBe(true);
    const { text, claims, correct } = first!.responses.full!;
    expect(correct).toBe(true);
    expect(claims.filter(({ verdict }) => verdict === "matched").length).toBeGreaterThan(2);
    for (const { start, end } of claims) {
      expect(seen[0]! + heard[0]!).toContain(text.slice(start, end).split(" ").at(-1));
    }
    expect(first!.tokens?.length).toBe(tokenizer.encode(text).ids.length);
    expect(clips[1]!.tokens).toBeUndefined();
  });
});

describe("a policy with one sentence for all", () => {
  it("is told apart from one that looks, by the floor and by what it says of hidden streams", async () => {
    const habit = await evaluateReference(input("habit"));
    expect(habit.estimates["masked-claims-visual"]!.value).toBeGreaterThan(1);
    expect(habit.estimates["probe-present"]!.value).toBe(0);
    expect(habit.aboveFloor.low).toBeLessThanOrEqual(0);
    expect(habit.clips[1]!.responses["visual-masked"]!.claims[0]!.verdict).toBe("hidden");
    const looks = await evaluateReference(input("perceives"));
    expect(compareReference(looks, habit)["utilization@0.6"]!.difference).toBeGreaterThan(50);
  });
});

it("counts probes whose cue the policy has no words for, and never as right", async () => {
  const [first, ...rest] = items.samples;
  const [probe, ...probes] = first!.probes;
  const odd = { ...probe!, cue: "bright zebra" };
  const changed = { ...items, samples: [{ ...first!, probes: [odd, ...probes] }, ...rest] };
  const result = await evaluateReference({ ...input("perceives"), items: changed });
  expect(result.probes.unaskable).toBe(2);
  expect(result.clips[0]!.probes[0]).toMatchObject({ intact: "unparseable" });
  expect(result.estimates["probe-pair"]!.value).toBeLessThan(100);
});

it("asks in the fullest context that the policy knows, and says which", async () => {
  const { settings } = await evaluateReference(input("perceives"));
  expect(settings["probe context, acoustic"]).toBe("<think>In the audio,");
});

it("refuses to compare results on other items, and names a clip without a prompt", async () => {
  const a = await evaluateReference(input("habit"));
  expect(() => compareReference(a, { ...a, itemsHash: "other" })).toThrow("on other items");
  const fewer = { ...input("habit"), prompts: new Map([...prompts].slice(1)) };
  await expect(evaluateReference(fewer)).rejects.toThrow("no prompt for clip 's1'");
});
