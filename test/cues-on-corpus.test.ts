import { describe, expect, test } from "vitest";
import { Rng } from "../src/core/rng.ts";
import { factorNames, modalityOf } from "../src/corpus/factors.ts";
import { emotionWords, phrases, readClaim, readEmotion } from "../src/corpus/lexicon.ts";
import { corpusOptions } from "../src/corpus/options.ts";
import { sampleState } from "../src/corpus/sample.ts";
import { referenceText } from "../src/corpus/script.ts";
import type { EvidenceModality } from "../src/cues/cue.ts";
import {
  claimTokens,
  contradicts,
  decomposeReference,
  extractClaims,
  parseResponse,
} from "../src/cues/index.ts";
import { WordTokenizer } from "../src/prompt/tokenizer.ts";

/** The rules of src/cues know nothing of the corpus; its language must still come out exactly. */
const place: Record<EvidenceModality, string> = { visual: "video", acoustic: "audio" };
const verbs: Record<EvidenceModality, readonly string[]> = {
  visual: ["", "I see ", "one sees "],
  acoustic: ["", "I hear ", "one hears "],
};

describe.each(factorNames)("%s", (factor) => {
  const modality = modalityOf(factor);
  const all = phrases[factor].flat();

  test("every phrase is one claim of its modality, alone and under its heading", () => {
    for (const phrase of all) {
      for (const verb of verbs[modality]) {
        for (const text of [`${phrase}.`, `In the ${place[modality]}, ${verb}${phrase}.`]) {
          const claims = extractClaims(text).map((claim) => [claim.modality, claim.text]);
          expect(claims, text).toEqual([[modality, phrase]]);
        }
      }
    }
  });

  test("every phrase keeps its modality under the other heading", () => {
    const other = modality === "visual" ? "audio" : "video";
    for (const phrase of all) {
      expect(extractClaims(`In the ${other}, ${phrase}.`)[0]?.modality, phrase).toBe(modality);
    }
  });

  test("phrases of different values contradict, those of one value don't", () => {
    phrases[factor].forEach((variants, value) => {
      phrases[factor].forEach((others, otherValue) => {
        for (const a of variants) {
          for (const b of others) {
            expect(contradicts(a, b), `${a} | ${b}`).toBe(value !== otherValue);
          }
        }
      });
    });
  });

  test("a denied phrase contradicts every paraphrase of its value", () => {
    for (const variants of phrases[factor]) {
      for (const a of variants) {
        for (const b of variants) expect(contradicts(`no ${a}`, b), `no ${a} | ${b}`).toBe(true);
      }
    }
  });

  test("phrases of other factors never contradict", () => {
    for (const other of factorNames.filter((name) => name !== factor)) {
      for (const a of all) {
        for (const b of phrases[other].flat()) {
          expect(contradicts(a, b), `${a} | ${b}`).toBe(false);
        }
      }
    }
  });
});

test("lists of three of every neighbouring pair of phrases come apart as written", () => {
  for (const modality of ["visual", "acoustic"] as const) {
    const all = factorNames
      .filter((name) => modalityOf(name) === modality)
      .flatMap((name) => phrases[name].flat());
    all.forEach((first, index) => {
      const items = [first, all[(index + 17) % all.length]!, all[(index + 29) % all.length]!];
      const text = `In the ${place[modality]}, ${items[0]}, ${items[1]} and ${items[2]}.`;
      expect(
        extractClaims(text).map((claim) => claim.text),
        text,
      ).toEqual(items);
      expect(extractClaims(text).map((claim) => readClaim(claim.text))).toEqual(
        items.map(readClaim),
      );
    });
  }
});

test("paraphrases of one value are near-duplicates", () => {
  for (const factor of factorNames) {
    for (const variants of phrases[factor]) {
      const claims = extractClaims(`${variants.join(". ")}.`);
      expect(
        claims.map(({ repeated }) => repeated),
        variants.join(" | "),
      ).toEqual([false, true, true, true]);
    }
  }
});

test.each(Object.values(emotionWords).flat())(
  "emotion sentences with %s give one emotion claim",
  (word) => {
    for (const sentence of [
      `Face and voice both express ${word}.`,
      `Face and voice agree on ${word}.`,
      `Face and voice disagree, overall it is ${word}.`,
      `Face and voice clash, mostly showing ${word}.`,
      `Face and voice clash, mostly ${word}.`,
      `They disagree, mostly ${word}.`,
      `Both express ${word}.`,
    ]) {
      const claims = extractClaims(
        `In the video, nothing stands out in the face. In the audio, nothing stands out in the voice. ${sentence}`,
      );
      const labels = claims.map(({ modality }) => modality);
      expect(
        labels.filter((label) => label === "emotion"),
        sentence,
      ).toHaveLength(1);
      expect(labels, sentence).not.toContain("visual");
      expect(labels, sentence).not.toContain("acoustic");
      expect(
        decomposeReference(sentence).cues.map((cue) => cue.text),
        sentence,
      ).toEqual([word]);
    }
  },
);

test("written references give back exactly the factors they were written from", () => {
  const rng = new Rng("cues-on-corpus");
  const options = corpusOptions.parse({});
  for (let round = 0; round < 200; round++) {
    const state = sampleState(options, "test", rng);
    const reference = referenceText(state, rng);
    const { cues } = decomposeReference(reference);
    const facts = cues
      .filter(({ modality }) => modality !== "emotion")
      .map((cue) => {
        const fact = readClaim(cue.text);
        if (fact) expect(cue.modality, cue.text).toBe(modalityOf(fact.factor));
        return fact ? `${fact.factor}=${fact.value}` : cue.text;
      });
    const salient = factorNames
      .filter((factor) => state.factors[factor] > 0)
      .map((factor) => `${factor}=${state.factors[factor]}`);
    expect(facts.sort(), reference).toEqual(salient.sort());
    const feelings = cues.filter(({ modality }) => modality === "emotion");
    expect(feelings.map((cue) => readEmotion(cue.text))).toEqual([state.label]);
  }
});

test("evidence tokens of a response, on the policy's own tokens", () => {
  const text =
    "<think>In the video, I see raised brows and wide eyes. In the audio, high pitch. " +
    "Face and voice agree on joy.</think><answer>joy</answer>";
  const { offsets } = WordTokenizer.fromTexts([text]).encode(text);
  const think = parseResponse(text).think!;
  const claims = extractClaims(think.text, think.span.start);
  const located = claimTokens(
    claims.map((claim) => ({ ...claim, match: 1 })),
    offsets,
  );
  const shown = (index: number) => text.slice(offsets[index]!.start, offsets[index]!.end);
  expect(located.map(({ modality, heads }) => [modality, heads.map(shown)])).toEqual([
    ["visual", [" raised", " brows"]],
    ["visual", [" wide", " eyes"]],
    ["acoustic", [" high", " pitch"]],
  ]);
  expect(located.map(({ onset }) => onset && shown(onset))).toEqual([
    " raised",
    undefined,
    " high",
  ]);
});
