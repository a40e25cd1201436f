import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evidenceModalities } from "../cues/cue.ts";
import {
  type Emotion,
  emotions,
  factorNames,
  factorsOf,
  factorValues,
  modalityOf,
  prototypes,
  salientValues,
} from "./factors.ts";
import { emotionWords, phrases, readClaim, readEmotion } from "./lexicon.ts";
import type { ManifestRow } from "./manifest.ts";
import { corpusOptions } from "./options.ts";
import { planCorpus } from "./plan.ts";

const plan = (input: object): ManifestRow[] => planCorpus(corpusOptions.parse(input));
const many = plan({ clips: { train: 3000, validation: 300, test: 1500 } });
const ofSplit = (split: string): ManifestRow[] => many.filter((row) => row.split === split);
const share = (rows: readonly ManifestRow[], test: (row: ManifestRow) => boolean): number =>
  rows.filter(test).length / rows.length;

/** The claims of one section of a text, in order. */
function claimsOf(text: string, modality: "visual" | "acoustic") {
  const name = modality === "visual" ? "video" : "audio";
  const section = new RegExp(`In the ${name}, ([^.]*)\\.`).exec(text)?.[1] ?? "";
  if (section.startsWith("nothing stands out")) return [];
  return section.split(/, | and /).map((part) => ({ part, claim: readClaim(part) }));
}

describe("factors", () => {
  it("tells any two emotions apart by at least three factors of either modality", () => {
    for (const [i, a] of emotions.entries()) {
      for (const b of emotions.slice(i + 1)) {
        for (const modality of evidenceModalities) {
          const differing = factorsOf[modality].filter(
            (factor) => prototypes[a][factor] !== prototypes[b][factor],
          );
          expect(differing.length, `${a} and ${b}, ${modality}`).toBeGreaterThanOrEqual(3);
        }
      }
    }
  });

  it("names four states of every factor", () => {
    for (const factor of factorNames) expect(new Set(factorValues[factor]).size).toBe(4);
  });
});

describe("lexicon", () => {
  const all = factorNames.flatMap((factor) =>
    salientValues.flatMap((value) =>
      phrases[factor][value - 1]!.map((text) => ({ factor, value, text })),
    ),
  );

  it("has at least three paraphrases of every value, none of more than four words", () => {
    expect(all.length).toBeGreaterThanOrEqual(10 * 3 * 3);
    for (const { text } of all) expect(text.split(" ").length, text).toBeLessThanOrEqual(4);
    expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  });

  it("reads every phrase back, in any dress", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.constantFrom("", "and ", "a ", "the ", "and a ", "I see ", "I hear ", "there is a "),
        fc.constantFrom("", ".", ",", ";", " "),
        fc.boolean(),
        ({ factor, value, text }, before, after, upper) => {
          const words = before + text + after;
          expect(readClaim(upper ? words.toUpperCase() : words)).toEqual({ factor, value });
        },
      ),
    );
  });

  it("guesses at nothing", () => {
    for (const text of [
      "",
      "joy",
      "raised",
      "no raised brows",
      "raised brows and wide eyes",
      "a face",
    ]) {
      expect(readClaim(text), text).toBeNull();
    }
  });

  it("reads every emotion word as one emotion", () => {
    const words = emotions.flatMap((emotion) => emotionWords[emotion]);
    expect(new Set(words).size).toBe(words.length);
    for (const emotion of emotions) {
      expect(emotionWords[emotion]).toContain(emotion);
      for (const word of emotionWords[emotion]) expect(readEmotion(word)).toBe(emotion);
    }
    expect(readEmotion("calm")).toBeNull();
  });
});

describe("sampling", () => {
  it("draws congruence, emotions and neutral factors at the rates asked for", () => {
    expect(share(ofSplit("train"), (row) => row.congruent)).toBeCloseTo(0.9, 1);
    expect(share(ofSplit("test"), (row) => row.congruent)).toBeCloseTo(0.5, 1);
    for (const emotion of emotions) {
      expect(share(many, (row) => row.visualEmotion === emotion)).toBeCloseTo(1 / 8, 1);
    }
  });

  it("makes the label the emotion of the modality that shows it more", () => {
    const conflicts = many.filter((row) => !row.congruent);
    const hits = (row: ManifestRow, modality: "visual" | "acoustic"): number => {
      const emotion = (modality === "visual" ? row.visualEmotion : row.acousticEmotion) as Emotion;
      const follows = factorsOf[modality].filter(
        (factor) => row.factors[factor] === prototypes[emotion][factor],
      );
      return follows.length / factorsOf[modality].length;
    };
    const mean = (rows: ManifestRow[], modality: "visual" | "acoustic"): number =>
      rows.reduce((sum, row) => sum + hits(row, modality), 0) / rows.length;
    const faceWins = conflicts.filter((row) => row.label === row.visualEmotion);
    const voiceWins = conflicts.filter((row) => row.label === row.acousticEmotion);
    expect(faceWins.length + voiceWins.length).toBe(conflicts.length);
    expect(mean(faceWins, "visual")).toBeGreaterThan(mean(voiceWins, "visual") + 0.2);
    expect(mean(voiceWins, "acoustic")).toBeGreaterThan(mean(faceWins, "acoustic") + 0.2);
  });

  it("gives every clip its own seed, and the same manifest for the same options", () => {
    expect(new Set(many.map((row) => row.seed)).size).toBe(many.length);
    const small = { clips: { train: 5, validation: 2, test: 2 }, seed: 7 };
    expect(plan(small)).toEqual(plan(small));
    expect(plan(small)).not.toEqual(plan({ ...small, seed: 8 }));
    const larger = plan({ ...small, clips: { ...small.clips, train: 6 } });
    expect(larger.filter((row) => row.id !== "train-00005")).toEqual(plan(small));
  });
});

describe("texts", () => {
  it("makes the reference complete and true", () => {
    for (const row of many.slice(0, 400)) {
      for (const modality of evidenceModalities) {
        const stated = claimsOf(row.reference, modality).map(({ claim, part }) => {
          expect(claim, part).not.toBeNull();
          expect(row.factors[claim!.factor], part).toBe(claim!.value);
          expect(modalityOf(claim!.factor)).toBe(modality);
          return claim!.factor;
        });
        const salient = factorsOf[modality].filter((factor) => row.factors[factor] > 0);
        expect(stated.toSorted()).toEqual(salient.toSorted());
      }
    }
  });

  it("makes the cold start mention half of the cues, with a quarter of claims from the prototype", () => {
    let [salient, claims, untrue, untrueNotPrototype] = [0, 0, 0, 0];
    for (const row of ofSplit("train")) {
      const prototype = prototypes[row.label as Emotion];
      for (const modality of evidenceModalities) {
        salient += factorsOf[modality].filter((factor) => row.factors[factor] > 0).length;
        for (const { claim } of claimsOf(row.coldStart[0]!, modality)) {
          claims++;
          if (row.factors[claim!.factor] === claim!.value) continue;
          untrue++;
          if (prototype[claim!.factor] !== claim!.value) untrueNotPrototype++;
        }
      }
    }
    expect(claims / salient).toBeCloseTo(0.5, 1);
    expect(untrueNotPrototype).toBe(0);
    // Most replaced claims happen to be true: the factors follow the same prototype.
    expect(untrue / claims).toBeGreaterThan(0.04);
    expect(untrue / claims).toBeLessThan(0.25);
  });

  it("follows the format, says whether face and voice agree, and is short", () => {
    const words = new Set<string>();
    for (const row of many) {
      for (const text of [row.reference, ...row.coldStart]) {
        const match =
          /^<think>In the video, .*\. In the audio, .*\. ((?:Face|Both|They) .*) (\w+)\.<\/think><answer>(\w+)<\/answer>$/.exec(
            text,
          );
        expect(match, text).not.toBeNull();
        expect(match![3]).toBe(row.label);
        expect(readEmotion(match![2]!)).toBe(row.label);
        expect(/ agree on|^Both express/.test(match![1]!)).toBe(row.congruent);
        const pieces = text.match(/<\/?[a-z]+>| ?[A-Za-z0-9-]+|[^\sA-Za-z0-9]/g)!;
        expect(pieces.length, text).toBeLessThanOrEqual(62);
        for (const piece of pieces) words.add(piece);
      }
    }
    expect(words.size).toBeLessThan(350);
  });

  it("says so when a modality shows nothing", () => {
    const bare = plan({
      clips: { train: 40, validation: 0, test: 0 },
      strong: 0,
      weak: 0,
      stray: 0,
    });
    expect(bare[0]!.reference).toContain("In the video, nothing stands out in the face.");
    expect(bare[0]!.reference).toContain("In the audio, nothing stands out in the voice.");
  });
});
