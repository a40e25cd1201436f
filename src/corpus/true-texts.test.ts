import { expect, it } from "vitest";
import { WordTokenizer } from "../prompt/tokenizer.ts";
import { factorsOf } from "./factors.ts";
import { phrases } from "./lexicon.ts";
import { corpusOptions } from "./options.ts";
import { planCorpus } from "./plan.ts";
import { trueTexts } from "./true-texts.ts";

const rows = planCorpus(
  corpusOptions.parse({ clips: { train: 200, validation: 0, test: 1 } }),
).filter(({ split }) => split === "train");

it("true texts state every salient factor of their clip, and no other", () => {
  for (const row of rows.slice(0, 50)) {
    for (const text of trueTexts(row, 3)) {
      for (const factor of [...factorsOf.visual, ...factorsOf.acoustic]) {
        const stated = phrases[factor].map((forms) => forms.some((form) => text.includes(form)));
        const value = row.factors[factor];
        expect(value === 0 || stated[value - 1], `${factor} ${value}: ${text}`).toBe(true);
        if (value === 0) expect(stated, `${factor} 0: ${text}`).not.toContain(true);
      }
      expect(text).toContain(`<answer>${row.label}</answer>`);
    }
  }
});

it("true texts differ in wording, and are the same for the same clip", () => {
  const [row] = rows;
  expect(new Set(trueTexts(row!, 12)).size).toBeGreaterThan(6);
  expect(trueTexts(row!, 12)).toEqual(trueTexts(row!, 12));
});

it("true texts use no word that the cold start's lack: the ceiling has no vocabulary of its own", () => {
  const tokenizer = WordTokenizer.fromTexts(rows.flatMap(({ coldStart }) => coldStart));
  const unknown = rows
    .flatMap((row) => trueTexts(row, 12))
    .filter((text) => tokenizer.decode(tokenizer.encode(text).ids).text !== text);
  expect(unknown).toEqual([]);
});
