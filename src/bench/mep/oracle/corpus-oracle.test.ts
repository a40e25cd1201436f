import { describe, expect, it } from "vitest";
import { factorNames, salientValues } from "../../../corpus/factors.ts";
import { emotionWords } from "../../../corpus/lexicon.ts";
import { corpusOptions } from "../../../corpus/options.ts";
import { planCorpus } from "../../../corpus/plan.ts";
import { corpusOracle } from "./corpus-oracle.ts";
import { factorModality } from "./oracle.ts";

const oracle = corpusOracle();
const facts = (response: string) =>
  oracle.read(response).claims.map((claim) => [claim.modality, claim.fact]);

describe("the corpus as an oracle", () => {
  it("reads every phrase of the lexicon back as its own fact, where it stands", () => {
    for (const factor of factorNames) {
      for (const value of salientValues) {
        const modality = factorModality(oracle, factor);
        for (const text of oracle.phrases({ factor, value })) {
          const response = `${oracle.probeContext[modality]} ${text}.</think><answer>joy</answer>`;
          const { claims, answer } = oracle.read(response);
          expect([text, claims[0]]).toEqual([
            text,
            {
              text,
              start: claims[0]?.start,
              end: claims[0]?.end,
              modality,
              fact: { factor, value },
            },
          ]);
          expect(claims).toHaveLength(1);
          expect(response.slice(claims[0]!.start, claims[0]!.end)).toBe(text);
          expect(answer).toBe("joy");
        }
      }
    }
  });

  it("tells absence, emotion and nonsense apart", () => {
    const text =
      "<think>In the video, I see raised brows and brows raised raised. In the audio, nothing stands " +
      "out in the voice. Face and voice agree on joy.</think><answer>joy</answer>";
    expect(facts(text)).toEqual([
      ["visual", { factor: "brows", value: 1 }],
      ["visual", null],
      ["emotion", null],
    ]);
  });

  it("takes no comparison of face and voice for evidence", () => {
    for (const sentence of [
      "They disagree, mostly anger",
      "They agree, raised brows",
      "They disagree",
      "Both express anger and joy",
      "Both express",
      "Face and voice clash, mostly",
    ]) {
      const text = `<think>In the audio, fast speech. ${sentence}.</think><answer>anger</answer>`;
      const evidence = oracle.read(text).claims.filter(({ modality }) => modality !== "emotion");
      expect([sentence, evidence.map(({ fact }) => fact)]).toEqual([
        sentence,
        [{ factor: "tempo", value: 1 }],
      ]);
    }
  });

  it("reads every text of the corpus whole", () => {
    const clips = { train: 150, validation: 2, test: 20 };
    const plans = planCorpus(corpusOptions.parse({ clips }));
    const unread = plans
      .flatMap(({ reference, coldStart }) => [reference, ...coldStart])
      .flatMap((text) => oracle.read(text).claims)
      .filter(({ modality, fact }) => fact === null && modality !== "emotion");
    expect(plans).toHaveLength(172);
    expect(unread).toEqual([]);
  });

  it("takes a claim's modality from its words, wherever it was said", () => {
    expect(facts("<think>In the audio, broad smile.</think>")).toEqual([
      ["visual", { factor: "mouth", value: 1 }],
    ]);
  });

  it("doesn't take a negated phrase for the phrase", () => {
    expect(facts("<think>In the video, not raised brows.</think>")).toEqual([["visual", null]]);
  });

  it("still reads the reasoning of a response that lost its end", () => {
    expect(facts("<think>In the video, wide eyes. In the audio, fast speech and")).toEqual([
      ["visual", { factor: "eyes", value: 1 }],
      ["acoustic", { factor: "tempo", value: 1 }],
    ]);
  });

  it("never reads evidence out of the answer", () => {
    expect(
      facts("<think>In the video, wide eyes.</think><answer>broad smile</answer>"),
    ).toHaveLength(1);
  });

  it("sees every emotion word in a closing sentence", () => {
    for (const word of Object.values(emotionWords).flat()) {
      expect(facts(`<think>Face and voice clash, mostly showing ${word}.</think>`)).toEqual([
        ["emotion", null],
      ]);
    }
  });
});
