import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import type { ClaimTokens } from "../cues/cue.ts";
import { omniPerceptionObjective } from "./objective.ts";
import type { PresetName } from "./options.ts";
import { presets } from "./presets.ts";
import { maskedReads, spreadReads } from "./reads.ts";
import type { LossSample } from "./sample.ts";

const claims: ClaimTokens[] = [
  { modality: "visual", heads: [2, 4], onset: 1, match: 0.8 },
  { modality: "acoustic", heads: [7], onset: 6, match: 0.2 },
];

/** Samples with every pass, every token read. */
function samples(): LossSample[] {
  const rng = new Rng("reads");
  const row = () => Float64Array.from({ length: 10 }, () => -0.1 - 2 * rng.float());
  return [1, -0.5].map((advantage) => ({
    advantage,
    full: row(),
    sampled: row(),
    reference: row(),
    video: row(),
    audio: row(),
    both: row(),
    claims,
  }));
}

describe("maskedReads", () => {
  it.each(Object.keys(presets) as PresetName[])(
    "names all tokens that preset %s looks at: the loss is the same without the others",
    (name) => {
      const options = presets[name];
      const whole = samples();
      const read = maskedReads(options, claims);
      const some = whole.map((sample) => {
        if (!read) return sample;
        const only = (values: ArrayLike<number>) =>
          spreadReads(
            read.map((token) => values[token]!),
            read,
            values.length,
          );
        return { ...sample, video: only(sample.video!), audio: only(sample.audio!) };
      });
      const expected = omniPerceptionObjective(whole, options);
      const result = omniPerceptionObjective(some, options);
      expect(result.loss).toBeCloseTo(expected.loss, 6);
      for (const pass of ["full", "video", "audio"] as const) {
        result.gradient[pass].forEach((values, index) => {
          values?.forEach((value, token) => {
            expect(value).toBeCloseTo(expected.gradient[pass][index]![token]!, 6);
          });
        });
      }
      for (const value of Object.values(result.metrics)) expect(value).not.toBeNaN();
    },
  );

  it("takes where claims begin only for the onset term", () => {
    expect(maskedReads(presets["oppo-swap"], claims)).toEqual([2, 4, 7]);
    expect(maskedReads(presets.robust, claims)).toEqual([1, 2, 4, 6, 7]);
    expect(maskedReads(presets["bonus-all"], claims)).toBeUndefined();
    expect(maskedReads(presets["oppo-swap"], [])).toEqual([]);
  });
});

it("a masked pass without a log-prob that a term looks at is refused", () => {
  const [sample] = samples() as [LossSample];
  const video = spreadReads([-1, -1], [2, 7], 10);
  expect(() => omniPerceptionObjective([{ ...sample, video }], presets["oppo-swap"])).toThrow(
    /token 4: video log-prob is NaN/,
  );
  const onsets = spreadReads([-1, -1, -1], [2, 4, 7], 10);
  expect(() => omniPerceptionObjective([{ ...sample, audio: onsets }], presets.robust)).toThrow(
    /token 1: audio log-prob is NaN/,
  );
  expect(() =>
    omniPerceptionObjective([{ ...sample, audio: onsets }], presets["bonus-all"]),
  ).toThrow(/token 0: audio log-prob is NaN/);
  const full = spreadReads([-1], [2], 10);
  expect(() => omniPerceptionObjective([{ ...sample, full }], presets.none)).toThrow(
    /token 0: full log-prob is NaN/,
  );
});
