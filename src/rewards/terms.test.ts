import { describe, expect, it } from "vitest";
import { decomposeReference } from "../cues/decompose.ts";
import type { Embedder } from "../similarity/port.ts";
import { batchAdvantages } from "./advantages.ts";
import { explainReward } from "./explain.ts";
import { rewardOptions } from "./options.ts";
import { createScorer } from "./scorer.ts";
import type { RewardTerm } from "./term.ts";
import { rewardTerms } from "./terms.ts";

const alike: Embedder = {
  id: "all alike",
  embed: async (texts) => texts.map(() => Float32Array.of(1)),
};
const reference = decomposeReference("In the video, a broad smile. In the audio, a loud voice.");
const respond = (reasoning: string, answer = "joy") =>
  `<think>${reasoning}</think><answer>${answer}</answer>`;
const told = respond("In the video, a broad smile. In the audio, a loud voice.");
const silent = respond("Hm.");
const options = rewardOptions.parse({});
const parts = { embedder: alike, calibration: { low: 0, high: 1 }, options };

describe("a clip without a label", () => {
  const item = { response: told, reference, labels: [] };
  const scorer = createScorer(parts);

  it("has a reward of the other terms alone, and it can be told", async () => {
    const [whole, none] = await scorer.score([item, { ...item, response: silent }]);
    expect(whole).toMatchObject({ reward: 1, leftOut: ["accuracy"] });
    expect(whole!.terms).toEqual({ format: 1, perception: 1 });
    expect(none!.reward).toBeCloseTo(0.1 / 0.8, 12);
  });

  it("is explained", async () => {
    const [scored] = await scorer.score([item]);
    const text = explainReward(scored!, item, options);
    expect(text).toContain("reward 1 = format 1 × (0.1 + 0.7 × perception 1) / 0.8");
    expect(text).toContain("accuracy left out: the clip has no label");
  });

  it("gets advantages by gdpo from the terms that are there", async () => {
    const gdpo = rewardOptions.parse({ advantages: { normalise: "gdpo" } });
    const scored = await scorer.score([item, { ...item, response: silent }]);
    const [group] = batchAdvantages([scored], gdpo);
    expect(group![0]).toBeGreaterThan(0);
    expect(group![1]).toBeCloseTo(-group![0]!, 12);
  });
});

/** Pays short responses. */
const toy: RewardTerm = {
  name: "brevity",
  weight: () => 1.8,
  option: null,
  score: ({ item }) => (item.response.length < 60 ? 1 : 0),
  explain: ({ terms }) => [`brevity ${terms.brevity}: under 60 characters`],
  doc: { title: "Brevity", formula: "[n < 60]", anchor: "reward" },
};

describe("a term added to the list", () => {
  const terms = [...rewardTerms, toy];
  const items = [told, silent].map((response) => ({ response, reference, labels: ["joy"] }));

  it("is scored, weighted and explained", async () => {
    const [long, short] = await createScorer({ ...parts, terms }).score(items);
    expect([long!.terms.brevity, short!.terms.brevity]).toEqual([0, 1]);
    expect(long!.reward).toBeCloseTo(0.5, 12);
    expect(short!.reward).toBeCloseTo((1.1 + 1.8) / 3.6, 12);
    const text = explainReward(short!, items[1]!, options, terms);
    expect(text).toContain("+ 1.8 × brevity 1) / 3.6");
    expect(text).toContain("brevity 1: under 60 characters");
  });

  it("counts in advantages by gdpo", async () => {
    const gdpo = rewardOptions.parse({ advantages: { normalise: "gdpo" } });
    const scored = await createScorer({ ...parts, terms }).score(items);
    const [before] = batchAdvantages([scored], gdpo);
    const [after] = batchAdvantages([scored], gdpo, terms);
    expect(before![0]).toBeGreaterThan(before![1]!);
    expect(after![1]).toBeGreaterThan(after![0]!);
  });
});

it("each term has its weight where it says, and scores differ by name", () => {
  expect(new Set(rewardTerms.map(({ name }) => name)).size).toBe(rewardTerms.length);
  for (const term of rewardTerms) {
    const key = term.option!.replace("weights.", "");
    const weights = { accuracy: 0, format: 0, perception: 0, [key]: 0.3 };
    expect(rewardTerms.map((each) => each.weight(rewardOptions.parse({ weights })))).toEqual(
      rewardTerms.map((each) => (each === term ? 0.3 : 0)),
    );
  }
});
