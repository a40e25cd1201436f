import { describe, expect, it } from "vitest";
import { z } from "zod";
import { randomBatch } from "./fixture.ts";
import { omniPerceptionObjective, selectClaims } from "./objective.ts";
import { type LossConfig, type LossOptions, lossSchema } from "./options.ts";
import { resolveLossOptions } from "./presets.ts";
import { maskedReads } from "./reads.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import type { ClaimSelector, LossTerm, TokenReads } from "./term.ts";
import { activeTerms, lossTerms, metricNames, requiredPasses } from "./terms.ts";
import { addTotals, measureTotals } from "./totals.ts";

/** Every combination of the choices (enums, switches) in one section of the options. */
function choices(section: keyof LossOptions): Record<string, unknown>[] {
  const shape: Record<string, z.ZodType> = lossSchema.shape[section].shape;
  return Object.entries(shape).reduce<Record<string, unknown>[]>(
    (all, [key, type]) => {
      const values =
        type instanceof z.ZodEnum
          ? type.options
          : type instanceof z.ZodBoolean
            ? [true, false]
            : [];
      if (values.length === 0) return all;
      return all.flatMap((chosen) => values.map((value) => ({ ...chosen, [key]: value })));
    },
    [{}],
  );
}

interface Setting {
  term: LossTerm;
  options: LossOptions;
}

/** A term with a weight of .1, under every choice its section offers. */
function settingsOf(term: LossTerm): Setting[] {
  const [section, key] = (term.option ?? "surrogate.kind").split(".") as [
    keyof LossOptions,
    string,
  ];
  return choices(section).map((chosen) => ({
    term,
    options: resolveLossOptions({
      [section]: { ...chosen, ...(term.option ? { [key]: 0.1 } : {}) },
    } as LossConfig),
  }));
}

const batches = [1, 2, 3].map((seed) => randomBatch(seed, { samples: 6 }));
const run = ({ term, options }: Setting, batch: readonly LossSample[]): LossResult =>
  term.compute(batch, options, measureTotals(batch));

/** Gradients with absent rows as zeros, so that two results compare. */
const plain = ({ loss, gradient, whole }: LossResult) => ({
  loss,
  full: gradient.full.map((row) => [...row]),
  masked: [gradient.video, gradient.audio, gradient.both ?? []].map((rows) =>
    rows.map((row) => row && [...row]),
  ),
  whole: Object.entries(whole ?? {}).map(([pass, rows]) => [
    pass,
    rows.map((row) => row && [...row]),
  ]),
});

const movesMasked = ({ gradient, whole = {} }: LossResult): boolean =>
  [gradient, whole]
    .flatMap(({ video = [], audio = [], both = [] }) => [...video, ...audio, ...both])
    .some((row) => row?.some((g) => g !== 0));

/** The batch with NaN at every token of masked passes that `reads` does not name. */
function readOnly(batch: readonly LossSample[], reads: TokenReads): LossSample[] {
  return batch.map((sample) => {
    const tokens = new Set(
      sample.claims.flatMap(({ heads, onset }) =>
        reads === "heads" ? heads : onset === undefined ? [] : [onset],
      ),
    );
    const only = (values: ArrayLike<number>) =>
      Array.from(values, (value, token) =>
        reads === "all" || (reads !== "none" && tokens.has(token)) ? value : Number.NaN,
      );
    return { ...sample, video: only(sample.video!), audio: only(sample.audio!) };
  });
}

describe.each(lossTerms)("$name, under every choice of its options", (term) => {
  const settings = settingsOf(term);

  it("has its weight where it says", () => {
    for (const setting of settings) {
      const { options } = setting;
      expect(term.weight(options)).toBe(term.option === null ? 1 : 0.1);
      expect(activeTerms(options)).toContain(term);
    }
  });

  it("declares the tokens it reads: others may be missing", () => {
    for (const setting of settings) {
      const { options } = setting;
      const reads = term.reads(options);
      const whole = term.whole?.(batches[0]![0]!.claims, 6, options) ?? {};
      const looks = reads !== "none" || Object.keys(whole).length > 0;
      expect(looks).toBe(term.needs !== "none");
      for (const batch of batches) {
        expect(plain(run(setting, readOnly(batch, reads)))).toEqual(plain(run(setting, batch)));
      }
    }
  });

  it("declares the passes it needs", () => {
    for (const setting of settings) {
      const blind = batches.map((batch) =>
        batch.map(({ video: _, audio: __, both: ___, ...rest }) => rest),
      );
      const oneEach = batches.map((batch) =>
        batch.map(({ video, audio, ...rest }, index) =>
          index % 2 ? { ...rest, video } : { ...rest, audio },
        ),
      ) as LossSample[][];
      const value = (some: readonly LossSample[][]) =>
        some.map((batch) => run(setting, batch).loss);
      if (term.needs === "none") expect(value(blind)).toEqual(value(batches));
      else expect(value(blind)).toEqual([0, 0, 0]);
      if (term.needs === "both") expect(value(oneEach)).toEqual([0, 0, 0]);
      else expect(value(oneEach).some((loss) => loss !== 0)).toBe(true);
    }
  });

  it("declares whether masked passes learn, and whether matches count", () => {
    for (const setting of settings) {
      const { options } = setting;
      const results = batches.map((batch) => run(setting, batch));
      expect(results.some(movesMasked)).toBe(term.learnsMasked(options));
      const rematched = batches.map((batch) =>
        run(
          setting,
          batch.map((sample) => ({
            ...sample,
            claims: sample.claims.map((claim) => ({ ...claim, match: claim.match / 2 })),
          })),
        ),
      );
      const same = JSON.stringify(rematched.map(plain)) === JSON.stringify(results.map(plain));
      expect(same).toBe(!term.usesMatch(options));
    }
  });

  it("declares whether it acts where a stream still shows something", () => {
    for (const setting of settings) {
      const values = batches.map((batch) => {
        const partial = batch.map((sample) => ({
          ...sample,
          partial: ["video", "audio"] as const,
        }));
        return run(setting, partial).loss;
      });
      expect(values.every((loss) => loss === 0)).toBe(term.blindOnly);
    }
  });

  it("declares its metrics", () => {
    for (const setting of settings) {
      const seen = new Set(batches.flatMap((batch) => Object.keys(run(setting, batch).metrics)));
      expect([...seen].sort()).toEqual([...term.metrics].sort());
    }
  });

  it("is scaled by the controller only if it is suppressive", () => {
    for (const setting of settings) {
      const { options } = setting;
      const norm = `gradient/${term.name}`;
      const free = omniPerceptionObjective(batches[0]!, options).metrics[norm]!;
      const held = omniPerceptionObjective(batches[0]!, options, { suppression: 0.25 });
      expect(held.metrics[norm]).toBeCloseTo(free * (term.suppressive ? 0.25 : 1), 12);
    }
  });
});

it("names are unique", () => {
  expect(new Set(metricNames()).size).toBe(metricNames().length);
});

/** Claims that a reference supports. */
const supported: ClaimSelector = {
  id: "supported",
  pick: (claims) => claims.filter(({ match }) => match >= 0.5),
};

/** Makes claims likelier to begin with the video hidden. Nobody needs it. */
const toy: LossTerm = {
  name: "toy",
  weight: () => 0.5,
  option: null,
  suppressive: true,
  needs: "both",
  blindOnly: false,
  reads: () => "onset",
  selector: supported,
  learnsMasked: () => true,
  usesMatch: () => false,
  metrics: ["toy/onsets"],
  compute: (batch) => {
    const result = zeroResult(batch);
    let onsets = 0;
    batch.forEach((sample, index) => {
      for (const { onset } of sample.claims) {
        if (onset === undefined || !sample.video || !sample.audio) continue;
        onsets++;
        result.loss -= sample.video[onset]!;
        addGradient(result, "video", index, onset, -1);
      }
    });
    result.metrics = { "toy/onsets": onsets };
    return result;
  },
  doc: { title: "Toy", formula: "-m^v", anchor: "objective", source: "a test" },
};

describe("a term added to the table", () => {
  const terms = [...lossTerms, toy];
  const options = resolveLossOptions();
  const batch = batches[0]!;
  const supportedOnsets = batch.map(({ claims }) =>
    supported.pick(claims).flatMap(({ onset }) => onset ?? []),
  );

  it("gets the passes it declares, and is missed where nobody made them", () => {
    expect(requiredPasses(options)).toBe("none");
    expect(requiredPasses(options, terms)).toBe("both");
    const videoOnly = batch.map(({ audio: _, ...rest }) => rest);
    expect(() => omniPerceptionObjective(videoOnly, options, { terms })).toThrow(
      "no claim has both masked passes (toy compares video hidden with audio hidden",
    );
  });

  it("has the tokens read that it declares, of the claims that its selector picks", () => {
    const heads = (claims: LossSample["claims"]) => claims.flatMap((claim) => claim.heads);
    batch.forEach(({ claims }, index) => {
      const read = maskedReads(options, claims, terms);
      expect(new Set(read)).toEqual(new Set([...heads(claims), ...supportedOnsets[index]!]));
    });
  });

  it("moves the gradient at those tokens alone, and reports under its name", () => {
    expect(supportedOnsets.flat().length).toBeGreaterThan(0);
    const { gradient, metrics } = omniPerceptionObjective(batch, options, {
      terms,
      suppression: 0.5,
    });
    gradient.video.forEach((row, index) => {
      const moved = [...(row ?? []).entries()].filter(([, g]) => g !== 0);
      expect(moved).toEqual(supportedOnsets[index]!.sort((a, b) => a - b).map((at) => [at, -0.25]));
    });
    expect(metrics["toy/onsets"]).toBe(supportedOnsets.flat().length);
    for (const name of ["loss/toy", "gradient/toy", "toy/onsets"]) {
      expect(metricNames(terms)).toContain(name);
      expect(metrics).toHaveProperty([name]);
    }
  });
});

describe("a shipped term with another selector", () => {
  const options = resolveLossOptions({ preset: "robust" });
  const terms = lossTerms.map((term) => ({ ...term, selector: supported }));
  const batch = batches[1]!;

  it("acts as on a batch that holds the selected claims alone", () => {
    const chosen = omniPerceptionObjective(batch, options, { terms });
    const alone = omniPerceptionObjective(selectClaims(batch, supported), options);
    expect(plain(chosen)).toEqual(plain(alone));
    expect(plain(chosen)).not.toEqual(plain(omniPerceptionObjective(batch, options)));
  });

  it("needs totals of its own claims where the batch is a part", () => {
    const parts = [batch.slice(0, 2), batch.slice(2)];
    const totals = addTotals(parts.map((part) => measureTotals(part)));
    expect(() => omniPerceptionObjective(parts[0]!, options, { terms, totals })).toThrow(
      "no totals of the claims selected by 'supported'",
    );
    const selected = {
      supported: addTotals(parts.map((part) => measureTotals(selectClaims(part, supported)))),
    };
    const sum = parts
      .map((part) => omniPerceptionObjective(part, options, { terms, totals, selected }).loss)
      .reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(omniPerceptionObjective(batch, options, { terms }).loss, 10);
  });
});
