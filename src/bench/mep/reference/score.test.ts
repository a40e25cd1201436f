import { beforeAll, describe, expect, it } from "vitest";
import { ruleExtractor } from "./extractors.ts";
import type { MepItems } from "./items.ts";
import { lexicalEmbedder } from "./lexical-embedder.ts";
import { countMatches } from "./observe.ts";
import { readProbePrompt } from "./prompts.ts";
import { defaultQuestionOptions, type MepQuestion, mepQuestions } from "./questions.ts";
import { fakeItems, fakeRows } from "./rows.fake.ts";
import { type MepAnswer, type MepScore, mepMetrics, scoreMep } from "./score.ts";
import { embedCues } from "./vectors.ts";

const tools = { extractor: ruleExtractor, embedder: lexicalEmbedder, draws: 50 };
const reference = new Map(fakeRows.map(({ id, text }) => [id, text]));

/** Sees and hears what it is given and nothing else. */
function honest(question: MepQuestion, items: MepItems): string {
  const sample = items.samples.find(({ id }) => id === question.sample)!;
  const { video, audio } = question.input;
  const probe = readProbePrompt(question.prompt);
  if (probe !== null) {
    const given = (probe.modality === "visual" ? video : audio) === "own";
    return given && sample.cues[probe.modality].some(({ text }) => text === probe.cue)
      ? "Yes."
      : "No.";
  }
  const [seen, heard] = reference.get(sample.id)!.split(/(?=In the audio)/);
  return `${video === "own" ? seen : "In the video, the screen is black."} ${
    audio === "own" ? heard : "In the audio, nothing can be heard."
  }`;
}

const constant = (word: string) => (question: MepQuestion) =>
  question.task.kind === "probe" ? word : "In the video, a smile. In the audio, a loud voice.";

let items: MepItems;
const ask = (model: (question: MepQuestion, items: MepItems) => string): MepAnswer[] =>
  mepQuestions(items).map((question) => ({ id: question.id, text: model(question, items) }));
const value = (score: MepScore, id: string) => score.estimates[id]!.value;

beforeAll(async () => {
  items = await fakeItems();
});

describe("MEP scores", () => {
  it("give everything to a model that says what it perceives and no more", async () => {
    const score = await scoreMep(items, ask(honest), tools);
    for (const id of [
      "utilization@0.6",
      "recall-visual@0.7",
      "precision-acoustic@0.6",
      "f1-visual-micro@0.6",
      "probe-masked",
      "probe-present-acoustic",
      "probe-pair",
      "probe-absent",
      "masked-absence-visual",
      "masked-absence-acoustic",
      "precursor-samples",
    ]) {
      expect([id, value(score, id)]).toEqual([id, 100]);
    }
    for (const id of ["masked-share-visual", "masked-claims-acoustic", "probe-unparseable"]) {
      expect([id, value(score, id)]).toEqual([id, 0]);
    }
    expect(value(score, "text-only@0.6")).toBe(0);
    expect(value(score, "shuffled@0.6")).toBeLessThan(60);
    expect(score.counts.failed).toBe(0);
  });

  it("give constant answers no pair, whichever constant", async () => {
    const no = await scoreMep(items, ask(constant("no")), tools);
    expect(value(no, "probe-masked")).toBe(100);
    expect(value(no, "probe-present")).toBe(0);
    expect(value(no, "probe-pair")).toBe(0);
    const yes = await scoreMep(items, ask(constant("yes")), tools);
    expect(value(yes, "probe-present")).toBe(100);
    expect(value(yes, "probe-masked")).toBe(0);
    expect(value(yes, "probe-absent")).toBe(0);
    expect(value(yes, "yes-intact")).toBe(100);
    expect(value(yes, "probe-pair")).toBe(0);
    expect(value(yes, "masked-claims-visual")).toBe(1);
    expect(value(yes, "masked-share-visual")).toBe(50);
  });

  it("tell the two parsers apart", async () => {
    const score = await scoreMep(items, ask(constant("I know it")), tools);
    expect(value(score, "probe-masked")).toBe(0);
    expect(value(score, "probe-unparseable")).toBe(100);
    expect(value(score, "precursor-masked")).toBe(100);
  });

  it("keep congruent and conflict samples apart", async () => {
    const answers = ask((question, own) =>
      question.sample === "s1" || question.sample === "s2" ? honest(question, own) : "yes",
    );
    const { splits } = await scoreMep(items, answers, tools);
    expect(splits!.congruent["probe-pair"]!.value).toBe(100);
    expect(splits!.conflict["probe-pair"]!.value).toBe(0);
    expect(splits!.conflict["utilization@0.6"]!.value).toBe(0);
  });

  it("count what was not answered and leave it out", async () => {
    const answers = ask(honest).filter(({ id }) => !id.startsWith("s3/probe"));
    const score = await scoreMep(items, [...answers, { id: "other", text: "?" }], tools);
    expect(score.counts.failed).toBe(score.counts.asked - score.counts.answered);
    expect(score.counts.failed).toBeGreaterThan(3);
    expect(score.failedIds.every((id) => id.startsWith("s3/probe"))).toBe(true);
    expect(score.counts.extra).toBe(1);
    expect(value(score, "probe-pair")).toBe(100);
    await expect(scoreMep(items, [{ id: "x", text: "" }], tools)).rejects.toThrow("no answer");
    await expect(scoreMep(items, [answers[0]!, answers[0]!], tools)).rejects.toThrow("twice");
  });

  it("record what every number rests on, and hold an interval around it", async () => {
    const score = await scoreMep(items, ask(constant("no")), tools);
    expect(score.protocol).toMatchObject({
      extractors: { reference: "rules-1", answers: "rules-1" },
      embedders: { items: "lexical-1", matching: "lexical-1" },
      thresholds: [0.5, 0.6, 0.7],
      headline: 0.6,
      mask: "blank",
      itemSeed: "mep",
    });
    for (const metric of mepMetrics()) {
      const estimate = score.estimates[metric.id]!;
      if (estimate.value === null) continue;
      expect(estimate.low).toBeLessThanOrEqual(estimate.value);
      expect(estimate.high).toBeGreaterThanOrEqual(estimate.value);
    }
  });

  it("score descriptions made elsewhere on a text-only set", async () => {
    const bare = await fakeItems(fakeRows.map(({ id, text }) => ({ id, text })));
    expect(mepQuestions(bare).every(({ input }) => input.video === "drop")).toBe(true);
    const answers = [...reference].map(([id, text]) => ({ id: `${id}/describe/full`, text }));
    const score = await scoreMep(bare, answers, tools);
    expect(value(score, "utilization@0.6")).toBe(100);
    expect(score.estimates["probe-pair"]).toEqual({ value: null, low: null, high: null, n: 0 });
  });
});

it("empty sides: no reference leaves recall out, no claims leave precision out", async () => {
  const cue = (text: string, positive = true) => ({ text, positive });
  const vectors = await embedCues([cue("a smile"), cue("no smile")], lexicalEmbedder);
  const count = (a: string[], b: string[]) =>
    countMatches(
      a.map((text) => cue(text, !text.startsWith("no"))),
      b.map((text) => cue(text, !text.startsWith("no"))),
      vectors,
      [0.6],
    );
  expect(count(["a smile"], [])).toMatchObject({ reference: 1, matchedReference: [0] });
  expect(count([], ["a smile"])).toMatchObject({ reference: 0, matchedPredicted: [0] });
  expect(count(["a smile"], ["a smile"]).matchedReference).toEqual([1]);
  expect(count(["a smile"], ["no smile"]).matchedReference).toEqual([0]);
});

it("masked questions hide one stream, each variant under ids of its own", () => {
  const blank = mepQuestions(items);
  const noise = mepQuestions(items, { ...defaultQuestionOptions, mask: "noise" });
  for (const { task, input, id } of blank) {
    const hidden = [input.video, input.audio].filter((stream) => stream !== "own").length;
    const control = task.kind === "describe" && task.condition === "text-only";
    const masked = task.kind === "probe" ? task.masked : task.condition.endsWith("-masked");
    expect([id, hidden]).toEqual([id, control ? 2 : Number(masked)]);
  }
  const shared = new Set(blank.map(({ id }) => id));
  expect(noise.filter(({ id }) => !shared.has(id)).every(({ id }) => id.includes("noise"))).toBe(
    true,
  );
  expect(new Set(blank.map(({ id }) => id)).size).toBe(blank.length);
});
