import { describe, expect, it } from "vitest";
import { Rng } from "../src/core/rng.ts";
import { mean } from "../src/core/stats.ts";
import { factorsOf } from "../src/corpus/factors.ts";
import { phrases, readClaim } from "../src/corpus/lexicon.ts";
import { corpusOptions } from "../src/corpus/options.ts";
import { sampleState } from "../src/corpus/sample.ts";
import { coldStartText, referenceText } from "../src/corpus/script.ts";
import { evidenceModalities } from "../src/cues/cue.ts";
import { decomposeReference } from "../src/cues/decompose.ts";
import { statesOf } from "../src/cues/polarity.ts";
import { compareTexts, createScorer, embeddedText, rewardOptions } from "../src/rewards/index.ts";
import { embedderOptions, openEmbedder } from "../src/similarity/index.ts";

/**
 * The reward knows nothing of the corpus lexicon; here its judgement is held against the oracle's.
 */
const { embedder, calibration } = await openEmbedder(embedderOptions.parse(undefined));

describe("similarity on the corpus lexicon", async () => {
  const all = evidenceModalities.flatMap((modality) =>
    factorsOf[modality].flatMap((factor) =>
      phrases[factor].flatMap((variants, value) =>
        variants.map((text) => ({ modality, factor, value, text })),
      ),
    ),
  );
  const vectors = await embedder.embed(
    all.map(({ modality, text }) => embeddedText(modality, text)),
  );
  const f = { same: [] as number[], otherValue: [] as number[], otherFactor: [] as number[] };
  for (const [i, a] of all.entries()) {
    for (const [j, b] of all.slice(0, i).entries()) {
      if (a.modality !== b.modality) continue;
      const left = { text: a.text, vector: vectors[i]! };
      const right = { text: b.text, vector: vectors[j]! };
      const kind =
        a.factor !== b.factor ? "otherFactor" : a.value === b.value ? "same" : "otherValue";
      f[kind].push(compareTexts(left, right, calibration).f);
    }
  }

  it("each phrase names one state, so none is taken for a fused claim", () => {
    for (const { text } of all) expect([text, statesOf(text).size]).toEqual([text, 1]);
  });

  it("pays paraphrases and nothing else", () => {
    expect(mean(f.same)).toBeGreaterThan(0.9);
    expect(Math.min(...f.same)).toBeGreaterThan(0.5);
    expect(Math.max(...f.otherValue)).toBe(0);
    expect(mean(f.otherFactor)).toBeLessThan(0.01);
  });
});

describe("scores of corpus texts", async () => {
  const corpus = corpusOptions.parse({});
  const clips = Array.from({ length: 60 }, (_, i) => {
    const rng = new Rng(`reward-on-corpus/${i}`);
    const state = sampleState(corpus, "train", rng.fork("state"));
    return {
      state,
      reference: decomposeReference(referenceText(state, rng.fork("reference"))),
      paraphrase: referenceText(state, rng.fork("paraphrase")),
      coldStart: coldStartText(state, corpus, rng.fork("cold start")),
    };
  });
  const scorer = createScorer({ embedder, calibration, options: rewardOptions.parse({}) });
  const score = (response: (clip: (typeof clips)[number]) => string) =>
    scorer.score(
      clips.map((clip) => ({
        response: response(clip),
        reference: clip.reference,
        labels: [clip.state.label],
      })),
    );

  it("a complete and true response in other words gets nearly everything", async () => {
    const scored = await score(({ paraphrase }) => paraphrase);
    expect(Math.min(...scored.map(({ reward }) => reward))).toBeGreaterThan(0.9);
    expect(mean(scored.map(({ terms }) => terms.perception!))).toBeGreaterThanOrEqual(0.98);
  });

  it("s_C agrees with the oracle on the cold start's true and false claims", async () => {
    const matches = { true: [] as number[], false: [] as number[] };
    for (const [i, { claims }] of (await score(({ coldStart }) => coldStart)).entries()) {
      for (const { text, match } of claims) {
        const read = readClaim(text);
        if (!read) continue;
        matches[clips[i]!.state.factors[read.factor] === read.value ? "true" : "false"].push(match);
      }
    }
    expect(matches.true.length).toBeGreaterThan(100);
    expect(matches.false.length).toBeGreaterThan(5);
    expect(Math.min(...matches.true)).toBeGreaterThan(0.5);
    expect(Math.max(...matches.false)).toBeLessThan(0.3);
  });
});
