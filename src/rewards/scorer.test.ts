import { beforeEach, describe, expect, it } from "vitest";
import type { Cue, CueModality, CueSet } from "../cues/cue.ts";
import type { Embedder } from "../similarity/port.ts";
import { explainReward } from "./explain.ts";
import { rewardOptions } from "./options.ts";
import { createScorer } from "./scorer.ts";

/** Cosine = overlap of words; records its calls. */
const words: string[] = [];
let asked: string[][] = [];
const bagOfWords: Embedder = {
  id: "bag-of-words@1",
  async embed(texts) {
    asked.push([...texts]);
    return texts.map((text) => {
      const vector = new Float32Array(400);
      for (const word of text.split(" ")) {
        if (!words.includes(word)) words.push(word);
        vector[words.indexOf(word)] = 1;
      }
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    });
  },
};

const options = rewardOptions.parse({});
const calibration = { low: 0.4, high: 0.9 };
const scorer = createScorer({ embedder: bagOfWords, calibration, options });
const cue = (modality: CueModality, text: string): Cue => ({
  modality,
  text,
  positive: true,
  span: { start: 0, end: text.length },
});
const reference: CueSet = {
  cues: [
    cue("visual", "raised brows"),
    cue("visual", "broad smile"),
    cue("acoustic", "fast speech"),
    cue("emotion", "joy"),
  ],
  extractor: "by hand",
};
const respond = (reasoning: string, answer = "joy") =>
  `<think>${reasoning}</think><answer>${answer}</answer>`;
const score = async (response: string, against: CueSet = reference) =>
  (await scorer.score([{ response, reference: against, labels: ["joy"] }]))[0]!;

beforeEach(() => {
  asked = [];
});

describe("createScorer", () => {
  const perfect = respond(
    "In the video, raised brows and a broad smile. In the audio, fast speech. Face and voice both express joy.",
  );

  it("pauses before each item it reads and each it scores, and gives the same", async () => {
    let pauses = 0;
    const pause = () => {
      pauses++;
      return new Promise<void>((resolve) => setImmediate(resolve));
    };
    const paused = createScorer({ embedder: bagOfWords, calibration, options, pause });
    const items = [perfect, respond("In the video, a broad smile."), "no tags"].map((response) => ({
      response,
      reference,
      labels: ["joy"],
    }));
    expect(await paused.score(items)).toEqual(await scorer.score(items));
    expect(pauses).toBe(6);
  });

  it("gives 1 for all cues, the label and the format", async () => {
    const scored = await score(perfect);
    expect(scored).toMatchObject({
      reward: 1,
      terms: { accuracy: 1, format: 1, perception: 1 },
      leftOut: [],
    });
    expect(scored.claims.map(({ match }) => match)).toEqual([1, 1, 1, 1]);
    expect(scored.claims.map(({ recovered }) => recovered)).toEqual([0, 1, 2, 3]);
    expect(scored.cues.map(({ recovered }) => recovered?.claim)).toEqual([0, 1, 2, 3]);
  });

  it("keeps claims where they stand in the response", async () => {
    const { claims } = await score(perfect);
    for (const { text, span } of claims) expect(perfect.slice(span.start, span.end)).toBe(text);
  });

  it("takes the label and the format into account", async () => {
    expect((await score(perfect.replace("<answer>joy", "<answer>fear"))).reward).toBeCloseTo(
      0.8 / 1.8,
      9,
    );
    expect((await score(perfect.replace("</think>", ""))).reward).toBe(0);
  });

  it("embeds a whole batch once, each text once, and nothing that can't match", async () => {
    const item = { response: perfect, reference, labels: ["joy"] };
    await scorer.score([item, item, { ...item, response: respond("In the video, raised brows.") }]);
    expect(asked).toHaveLength(1);
    expect(new Set(asked[0]).size).toBe(asked[0]?.length);
    const visualOnly: CueSet = { cues: reference.cues.slice(0, 1), extractor: "test" };
    asked = [];
    await scorer.score([{ ...item, reference: visualOnly }]);
    expect(asked[0]).toEqual(["raised brows", "broad smile"]);
  });

  it("reports a true claim as matched though another claim recovered the cue", async () => {
    const scored = await score(respond("In the video, a broad smile and a wide broad smile."));
    const [first, second] = scored.claims;
    expect(first?.recovered).toBe(1);
    expect(second?.recovered).toBeNull();
    expect(second?.match).toBeGreaterThan(0.5);
  });

  it("gives a contradiction no match, however near its words", async () => {
    const scored = await score(respond("In the video, lowered brows and no broad smile."));
    expect(scored.claims.every(({ match }) => match === 0)).toBe(true);
    expect(scored.claims.some(({ nearest }) => nearest?.contradicts)).toBe(true);
    expect(scored.modalities.visual.recall).toBe(0);
  });

  it("has finite values for empty responses and references", async () => {
    const empty: CueSet = { cues: [], extractor: "test" };
    for (const response of [
      "",
      "<think></think><answer></answer>",
      "joy",
      respond("…"),
      respond("Hm."),
    ]) {
      for (const against of [reference, empty]) {
        const scored = await score(response, against);
        expect(Number.isFinite(scored.reward)).toBe(true);
        expect(scored.terms.perception).toBe(0);
      }
    }
    expect(await score("")).toMatchObject({ reward: 0, claims: [] });
    expect((await score(perfect, empty)).reward).toBeCloseTo(1.1 / 1.8, 9);
  });

  it("counts a cosine that is no number as 0", async () => {
    const broken: Embedder = {
      id: "broken",
      embed: async (texts) => texts.map(() => new Float32Array(4).fill(Number.NaN)),
    };
    const parts = { embedder: broken, calibration, options };
    const [scored] = await createScorer(parts).score([
      { response: perfect, reference, labels: ["joy"] },
    ]);
    expect(scored).toMatchObject({ terms: { perception: 0, accuracy: 1 } });
    expect(scored?.reward).toBeCloseTo(1.1 / 1.8, 9);
  });

  it("is the accuracy and format reward of plain GRPO without the perception weight", async () => {
    const plain = rewardOptions.parse({ weights: { perception: 0 } });
    const baseline = createScorer({ embedder: bagOfWords, calibration, options: plain });
    const [silent] = await baseline.score([
      { response: respond("Hm."), reference, labels: ["joy"] },
    ]);
    expect(silent?.reward).toBe(1);
  });

  it("returns nothing for nothing", async () => {
    expect(await scorer.score([])).toEqual([]);
  });
});

describe("explainReward", () => {
  it("says that a claim holds several states", async () => {
    const response = respond("In the audio, loud fast speech.");
    const item = { response, reference, labels: ["joy"] };
    const [scored] = await scorer.score([item]);
    const text = explainReward(scored!, item, options);
    expect(text).toContain("several states in one claim (× 0.5)");
    expect(text).toContain("(cues 1, claims 2)");
  });

  it("shows every term, match and miss", async () => {
    const response = respond(
      "In the video, a broad smile and lowered brows. In the audio, a broad smile. In the video, a broad smile.",
      "fear",
    );
    const item = { response, reference, labels: ["joy"] };
    const [scored] = await scorer.score([item]);
    // How cues words its reasons is tested there.
    const text = explainReward(scored!, item, options).replace(/\((\w+) by .+\)$/gm, "($1 by …)");
    expect(text).toMatchInlineSnapshot(`
      "reward 0.11 = format 1 × (1 × accuracy 0 + 0.1 + 0.7 × perception 0.14) / 1.8
      accuracy 0: answer "fear", label "joy" (closed)
      format 1: one <think> and one <answer>, in order
      perception 0.14 = 0.7 × mean 0.2 + 0.3 × min(visual, acoustic) 0 over visual, acoustic, emotion
        visual 0.5 = recall 0.5 × guard 1 (cues 2, claims 4)
          - cue "raised brows" missed: nearest claim "lowered brows", cosine 0.50, contradicts it, f 0
          + cue "broad smile" recovered by "a broad smile", cosine 1.00, f 1
          ? claim "lowered brows" recovers nothing: nearest cue "raised brows", cosine 0.50, contradicts it, f 0 (visual by …)
          ? claim "a broad smile" recovers nothing: repeats an earlier claim: counts to the budget only (visual by …)
          ? claim "a broad smile" recovers nothing: repeats an earlier claim: counts to the budget only (visual by …)
        acoustic 0 = recall 0 × guard 1 (cues 1, claims 0)
          - cue "fast speech" missed: no claim of this modality
        emotion 0 = recall 0 × guard 1 (cues 1, claims 0)
          - cue "joy" missed: no claim of this modality"
    `);
  });

  it("says why the format failed and that there was nothing to match", async () => {
    const item = {
      response: "I think joy",
      reference: { cues: [], extractor: "none" },
      labels: ["joy"],
    };
    const [scored] = await scorer.score([item]);
    const text = explainReward(scored!, item, options);
    expect(text).toMatch(/^format 0: text without tags|format 0: .*missing/m);
    expect(text).toContain("perception 0: the reference has no cues");
    expect(text).toContain('no answer, label "joy"');
  });
});
