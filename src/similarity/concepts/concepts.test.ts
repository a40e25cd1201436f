import { describe, expect, it } from "vitest";
import { embedderConformance } from "../conformance.ts";
import { openUseLite } from "../use-lite/use-lite.ts";
import { conceptVector, withConcepts } from "./concept-embedder.ts";
import { conceptsOf } from "./concepts.ts";
import { aspects } from "./thesaurus.ts";

const read = (text: string): string[] =>
  conceptsOf(text).map(
    ({ aspect, state, sign }) => `${sign < 0 ? "not " : ""}${aspect}${state ? `.${state}` : ""}`,
  );

describe("conceptsOf", () => {
  it.each([
    ["raised brows", ["brows.raised"]],
    ["his eyebrows are lifted", ["brows.raised"]],
    ["eyes looking down", ["gaze.down"]],
    ["eyes wide open", ["eyes.wide"]],
    ["low volume", ["loudness.soft"]],
    ["a low-pitched voice", ["pitch.low"]],
    ["voice growing louder", ["loudness.growing"]],
    ["a frowning mouth", ["mouth.frown"]],
    ["a deep frown", ["brows.furrowed", "mouth.frown"]],
    ["squinting eyes", ["eyes.narrowed"]],
    ["not smiling", ["not mouth.smile"]],
    ["not without a smile", ["mouth.smile"]],
    ["something about the brows", ["brows"]],
    ["both express delight", ["feeling.joy"]],
    ["a white shirt", []],
  ])("%s", (text, concepts) => {
    expect(read(text)).toEqual(concepts);
  });
});

describe("thesaurus", () => {
  it.each(Object.entries(aspects))("%s: overriding states are states", (_, aspect) => {
    for (const state of aspect.dominant ?? []) expect(aspect.states).toHaveProperty(state);
  });
});

describe("conceptVector", () => {
  const dot = (a: string, b: string) => {
    const other = conceptVector(b);
    return conceptVector(a).reduce((sum, value, i) => sum + value * other[i]!, 0);
  };

  it("is one of the same statement in other words, about 0 of another thing, negative of a denial", () => {
    expect(dot("raised brows", "lifted eyebrows")).toBeCloseTo(1, 6);
    expect(dot("raised brows", "wide eyes")).toBeCloseTo(0, 6);
    expect(dot("raised brows", "lowered brows")).toBeLessThan(0.2);
    expect(dot("smiling", "not smiling")).toBeLessThan(-0.5);
  });

  it("compares words where the thesaurus knows none", () => {
    expect(dot("a white shirt", "white shirt")).toBeGreaterThan(0.7);
    expect(dot("white shirt", "leather sofa")).toBeLessThan(0.1);
    expect(dot("…", "…")).toBeCloseTo(1, 6);
  });
});

describe("withConcepts", async () => {
  const plain = await openUseLite();
  const embedder = withConcepts(plain);

  it.each(embedderConformance)("$name", ({ run }) => run(embedder));

  it("tells apart what the encoder alone confuses", async () => {
    const margin = async (model: typeof plain) => {
      const [raised, lifted, lowered] = (await model.embed([
        "raised brows",
        "lifted eyebrows",
        "lowered brows",
      ])) as [Float32Array, Float32Array, Float32Array];
      const cosine = (other: Float32Array) =>
        raised.reduce((sum, value, i) => sum + value * other[i]!, 0);
      return cosine(lifted) - cosine(lowered);
    };
    expect(await margin(plain)).toBeLessThan(0);
    expect(await margin(embedder)).toBeGreaterThan(0.3);
  });
});
