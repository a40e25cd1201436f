import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import { Rng } from "../../../core/rng.ts";
import { evidenceModalities } from "../../../cues/cue.ts";
import { freezeItems, readItems } from "./freeze.ts";
import { buildItems, contentHash } from "./items.ts";
import { metrics } from "./metrics.ts";
import { itemOptions } from "./options.ts";
import { rulesHash, scoringRules } from "./rules.ts";
import { emotions, fakeOracle, fakeRow } from "./world.fake.ts";

const options = itemOptions.parse({});
const randomRows = (seed: number, count = 24) => {
  const rng = new Rng(seed);
  return Array.from({ length: count }, (_, index) => {
    const face = rng.pick(emotions);
    const voice = rng.bool(0.5) ? face : rng.pick(emotions);
    const values = [rng.int(4), rng.int(4), rng.int(4), rng.int(4)] as const;
    return fakeRow(`clip-${index}`, face, voice, values);
  });
};
const folder = () => mkdtempSync(join(tmpdir(), "oppo-items-"));

describe("buildItems", () => {
  it("keeps what is true of each clip, apart from other splits", () => {
    const rows = randomRows(1);
    const items = buildItems(
      [...rows, { ...rows[0]!, id: "x", split: "train" }],
      fakeOracle,
      options,
    );
    expect(items.clips).toHaveLength(rows.length);
    const row = rows[0]!;
    const clip = items.clips.find(({ id }) => id === row.id)!;
    expect(clip.cues.visual).toEqual(
      (["brows", "mouth"] as const)
        .map((factor) => ({ factor, value: row.factors[factor] }))
        .filter(({ value }) => value !== 0),
    );
    expect(clip.factors).toEqual(row.factors);
  });

  it("does not depend on the order of rows, and depends on the seed", () => {
    const rows = randomRows(2);
    const hash = contentHash(buildItems(rows, fakeOracle, options));
    expect(contentHash(buildItems(rows.toReversed(), fakeOracle, options))).toBe(hash);
    expect(contentHash(buildItems(rows, fakeOracle, { ...options, seed: "b" }))).not.toBe(hash);
  });

  it("takes half conflicts, evenly spread, when asked for fewer clips", () => {
    const items = buildItems(randomRows(3, 60), fakeOracle, { ...options, clips: 12 });
    expect(items.clips).toHaveLength(12);
    for (const part of [items.clips.slice(0, 4), items.clips]) {
      expect(part.filter(({ congruent }) => !congruent)).toHaveLength(part.length / 2);
    }
  });

  it("spreads few conflicts evenly, so that every beginning is a fair sample", () => {
    const rows = Array.from({ length: 24 }, (_, index) => {
      const face = emotions[index % 4]!;
      const voice = index < 6 ? emotions[(index + 1) % 4]! : face;
      return fakeRow(`c${index}`, face, voice, [1, 1, 1, 1]);
    });
    const { clips } = buildItems(rows, fakeOracle, options);
    expect(clips.slice(0, 12).filter(({ congruent }) => !congruent)).toHaveLength(3);
  });

  it("says what is missing", () => {
    expect(() => buildItems([], fakeOracle, options)).toThrow(/0 clips in 'test'/);
    const same = [1, 2].map((n) => fakeRow(`c${n}`, "joy", "joy", [1, 1, 1, 1]));
    expect(() => buildItems(same, fakeOracle, options)).toThrow(/no clip of another emotion/);
  });

  it("has donors of third emotions and probes with one true and one false statement", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const items = buildItems(randomRows(seed), fakeOracle, options);
        const byId = new Map(items.clips.map((clip) => [clip.id, clip]));
        for (const clip of items.clips) {
          for (const modality of evidenceModalities) {
            const donor = byId.get(clip.donors[modality])!;
            expect(Object.values(clip.emotion)).not.toContain(donor.emotion[modality]);
          }
          expect(clip.donors.shuffled).not.toBe(clip.id);
          for (const { modality, present, absent, crossModal } of clip.probes) {
            expect(clip.factors[present.factor]).toBe(present.value);
            expect(absent.factor).toBe(present.factor);
            expect([0, present.value]).not.toContain(absent.value);
            expect(absent.text.split(" ").length).toBe(present.text.split(" ").length);
            const other = clip.emotion[modality === "visual" ? "acoustic" : "visual"];
            if (crossModal) {
              expect(clip.congruent).toBe(false);
              expect(absent.value).toBe(fakeOracle.prototype(other, absent.factor));
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("rules", () => {
  it("are covered by the items' hash", () => {
    const items = buildItems(randomRows(6), fakeOracle, options);
    expect(items.rules).toBe(scoringRules);
    expect(items.rulesHash).toBe(rulesHash());
    const said = metrics.map(({ id, about, unit }) => ({ id, about, unit }));
    const whole = { metrics: said, affirmationMarginNats: Math.log(1.5), scoringRules };
    expect(items.rulesHash).toBe(sha256(canonicalJson(whole)));
    expect(contentHash({ ...items, rulesHash: "other" })).not.toBe(contentHash(items));
  });
});

describe("freezing", () => {
  it("writes once, accepts the same items again, refuses others", () => {
    const path = join(folder(), "items.json");
    const items = buildItems(randomRows(4), fakeOracle, options);
    const hash = freezeItems(path, items);
    expect(hash).toBe(contentHash(items));
    expect(freezeItems(path, items)).toBe(hash);
    expect(readItems(path)).toEqual(items);
    const others = buildItems(randomRows(5), fakeOracle, options);
    expect(() => freezeItems(path, others)).toThrow(/start a new run folder/);
  });

  it("notices an edited or broken file", () => {
    const path = join(folder(), "items.json");
    freezeItems(path, buildItems(randomRows(4), fakeOracle, options));
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"congruent": true', '"congruent": false'));
    expect(() => readItems(path)).toThrow(/edited after freezing/);
    writeFileSync(path, text.slice(0, 100));
    expect(() => readItems(path)).toThrow(/missing or not JSON/);
  });
});
