import { describe, expect, it } from "vitest";
import type { Embedder } from "../../../similarity/port.ts";
import type { ExtractedCues } from "../reference/extractors.ts";
import type { MepCue, MepSample } from "../reference/items.ts";
import { defaultPaperOptions, type PaperItems, paperVersion } from "./items.ts";
import { scorePaper } from "./score.ts";
import { thinkingOf } from "./thinking.ts";

/** On the unit circle: the cosine of two texts is that of the angle between them. */
const angles: Readonly<Record<string, readonly [number, number]>> = {
  "a broad smile": [1, 0],
  "smiling widely": [0.8, 0.6],
  "raised brows": [0, 1],
  "a loud voice": [-1, 0],
  "hands at rest": [0, -1],
  "half a smile": [0.5, Math.sqrt(0.75)],
};
const embedder: Embedder = {
  id: "by hand",
  embed: async (texts) => texts.map((text) => Float32Array.from(angles[text]!)),
};
const cue = (text: string): MepCue => ({ text, positive: true });
const said = (visual: string[], acoustic: string[] = []): ExtractedCues => ({
  visual: visual.map(cue),
  acoustic: acoustic.map(cue),
  emotion: [],
});

const sample = (id: string, visual: string[], acoustic: string[], other: string): MepSample => ({
  id,
  cues: { visual: visual.map(cue), acoustic: acoustic.map(cue) },
  probes: [
    { id: "visual-present-1", modality: "visual", kind: "present", cue: visual[0]! },
    { id: "acoustic-present-1", modality: "acoustic", kind: "present", cue: "a loud voice" },
    { id: "visual-absent-1", modality: "visual", kind: "absent", cue: "hands at rest" },
  ],
  donors: { visual: other, acoustic: other, shuffled: other },
});

const items: PaperItems = {
  version: paperVersion,
  source: { name: "texts.csv", sha256: "0", rows: 2 },
  extractor: "rules-1",
  embedder: "by hand",
  options: defaultPaperOptions,
  samples: [
    sample("s1", ["a broad smile", "raised brows"], ["a loud voice"], "s2"),
    sample("s2", ["hands at rest"], [], "s1"),
  ],
  left: [],
  unread: 0,
  congruentKnown: false,
};

const score = async (
  cues: ReadonlyMap<string, ExtractedCues>,
  texts: Readonly<Record<string, string>> = {},
  threshold = 0.6,
) => {
  const scored = await scorePaper(
    items,
    { cues, texts: new Map(Object.entries(texts)) },
    { embedder, threshold, mask: "blank", draws: 10 },
  );
  const value = (id: string) => {
    const { metric } = scored.find((one) => one.metric.id === id)!;
    return { value: metric.value, n: metric.n };
  };
  return value;
};

describe("cue recall", () => {
  const cues = new Map([
    ["s1", said(["smiling widely"], ["a loud voice"])],
    ["s2", said([])],
  ]);

  it("is the share of reference cues whose best cosine to any generated cue exceeds the threshold", async () => {
    const value = await score(cues, {}, 0.61);
    // s1: smile .8 yes, brows .6 no, voice 1 yes; s2: nothing said, so 0 of 1.
    expect(value("recall")).toEqual({ value: 50, n: 4 });
    expect(value("recall-samples").value).toBeCloseTo((100 * (2 / 3 + 0)) / 2, 12);
    expect(value("recall-visual")).toEqual({ value: 100 * (1 / 3), n: 3 });
    expect(value("recall-acoustic")).toEqual({ value: 100, n: 1 });
  });

  it("asks for more than the threshold: a cosine of .5 is not recalled at .5", async () => {
    const half = new Map([["s1", said(["half a smile"])]]);
    // brows .87 in both; smile exactly .5.
    expect((await score(half, {}, 0.5))("recall")).toEqual({ value: 100 * (1 / 3), n: 3 });
    expect((await score(half, {}, 0.49))("recall")).toEqual({ value: 100 * (2 / 3), n: 3 });
  });

  it("pays a cue through the other modality too, and says what is left without that", async () => {
    const crossed = new Map([["s1", said([], ["a broad smile"])]]);
    const value = await score(crossed);
    expect(value("recall")).toEqual({ value: 100 * (1 / 3), n: 3 });
    expect(value("recall-within")).toEqual({ value: 0, n: 3 });
  });

  it("stands beside what the same thinking recalls of another sample", async () => {
    const value = await score(new Map([["s1", said(["hands at rest"])]]));
    expect(value("recall")).toEqual({ value: 0, n: 3 });
    expect(value("recall-other")).toEqual({ value: 100, n: 1 });
  });

  it("leaves samples without a description out", async () => {
    expect((await score(new Map()))("recall")).toEqual({ value: null, n: 0 });
  });
});

describe("probes", () => {
  const probe = (of: string, id: string, masked: boolean) =>
    `${of}/probe/${id}/${masked ? "masked/blank" : "intact"}`;
  const all = ["s1", "s2"].flatMap((of) =>
    ["visual-present-1", "acoustic-present-1"].flatMap((id) => [
      probe(of, id, true),
      probe(of, id, false),
    ]),
  );
  const absent = ["s1", "s2"].map((of) => probe(of, "visual-absent-1", false));

  it("no is right where the stream is masked, yes where it is not, both make a pair", async () => {
    const value = await score(new Map(), {
      [probe("s1", "visual-present-1", true)]: "No.",
      [probe("s1", "visual-present-1", false)]: "Yes",
      [probe("s2", "visual-present-1", true)]: "Yes, it does",
      [probe("s2", "visual-present-1", false)]: "Yes",
      [probe("s1", "acoustic-present-1", true)]: "I know it",
      [absent[0]!]: "no",
    });
    expect(value("acc-V")).toEqual({ value: 50, n: 2 });
    expect(value("hallucinated-V")).toEqual({ value: 50, n: 2 });
    expect(value("intact-V")).toEqual({ value: 100, n: 2 });
    expect(value("pair-V")).toEqual({ value: 50, n: 2 });
    expect(value("absent-V")).toEqual({ value: 100, n: 1 });
    // Unreadable is never right, but the precursor's parser finds "no" in "know".
    expect(value("acc-A")).toEqual({ value: 0, n: 1 });
    expect(value("unreadable-A")).toEqual({ value: 100, n: 1 });
    expect(value("acc-precursor-A")).toEqual({ value: 100, n: 1 });
    expect(value("intact-A")).toEqual({ value: null, n: 0 });
  });

  it("always no has 100 masked, 0 intact and no pair; always yes the other way round", async () => {
    const always = (word: string) =>
      Object.fromEntries([...all, ...absent].map((id) => [id, word]));
    const no = await score(new Map(), always("No"));
    const yes = await score(new Map(), always("Yes"));
    for (const letter of ["V", "A"]) {
      expect(no(`acc-${letter}`)).toEqual({ value: 100, n: 2 });
      expect(no(`intact-${letter}`)).toEqual({ value: 0, n: 2 });
      expect(yes(`acc-${letter}`)).toEqual({ value: 0, n: 2 });
      expect(yes(`intact-${letter}`)).toEqual({ value: 100, n: 2 });
      for (const value of [no, yes]) expect(value(`pair-${letter}`)).toEqual({ value: 0, n: 2 });
    }
  });
});

it("takes the thinking apart, not the answer", () => {
  expect(thinkingOf("<think>he smiles</think><answer>happy</answer>")).toBe("he smiles");
  expect(thinkingOf("<think>cut off at the lim")).toBe("cut off at the lim");
  expect(thinkingOf("he smiles <answer>happy</answer>")).toBe("he smiles");
});
