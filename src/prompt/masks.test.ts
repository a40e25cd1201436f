import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import { isPartial, maskKind, maskKinds, maskModes, maskPrompt, masksAt } from "./masks.ts";
import { modalities, type Prompt } from "./prompt.ts";

function prompt(id: string, value: number): Prompt {
  const stream = (dim: number) => ({
    features: Float32Array.from({ length: 3 * dim }, (_, i) => value + i),
    tokens: 3,
    dim,
    attended: true,
  });
  return { id, text: [7], video: stream(4), audio: stream(2) };
}
const blank = { video: Float32Array.of(-1, -1, -1, -1), audio: Float32Array.of(-2, -2) };
const ratio = { ratio: 0.7, unit: "element" } as const;
const sources = () => ({ rng: new Rng(1), donor: prompt("donor", 100), blank, ratio });

describe("maskPrompt", () => {
  for (const mode of maskModes) {
    for (const modality of modalities) {
      it(`${mode} hides ${modality} only, keeping its positions and the original`, () => {
        const original = prompt("clip", 0);
        const copy = structuredClone(original);
        const masked = maskPrompt(original, modality, mode, sources());
        const other = modality === "video" ? "audio" : "video";
        expect(original).toEqual(copy);
        expect(masked[other]).toBe(original[other]);
        expect(masked.text).toBe(original.text);
        const { tokens, dim, features, attended } = masked[modality];
        expect([tokens, dim, features.length]).toEqual([
          3,
          copy[modality].dim,
          3 * copy[modality].dim,
        ]);
        const hidden = !attended || features.some((x, i) => x !== copy[modality].features[i]);
        expect(hidden).toBe(true);
      });
    }
  }

  it("refuses a kind that prompts don't have", () => {
    const mean = maskKinds.find(({ id }) => id === "mean")!;
    expect(() => maskPrompt(prompt("clip", 0), "video", mean)).toThrow(
      "mask 'mean' can't hide video in a prompt (for prompts there are drop, blank, noise, swap, ratio)",
    );
  });

  it("fills with the blank row and with the donor's stream", () => {
    const clip = prompt("clip", 0);
    expect([...maskPrompt(clip, "audio", "blank", sources()).audio.features]).toEqual(
      Array(6).fill(-2),
    );
    expect(maskPrompt(clip, "audio", "swap", sources()).audio.features[0]).toBe(100);
  });

  it("keeps mean and spread under noise", () => {
    const clip = prompt("clip", 0);
    clip.video.features = Float32Array.from({ length: 4000 }, (_, i) => 5 + Math.sin(i));
    clip.video.dim = 4000 / 3;
    const { features } = maskPrompt(clip, "video", "noise", sources()).video;
    const mean = features.reduce((a, b) => a + b, 0) / features.length;
    expect(mean).toBeCloseTo(5, 1);
  });

  it("says which source is missing and refuses another shape", () => {
    const clip = prompt("clip", 0);
    expect(() => maskPrompt(clip, "video", "swap")).toThrow(/'swap' was called without its source/);
    const donor = prompt("donor", 1);
    donor.video.tokens = 2;
    expect(() => maskPrompt(clip, "video", "swap", { donor })).toThrow(/another shape/);
  });
});

describe("the table of masks", () => {
  it("says what exists where, by one word each", () => {
    expect(masksAt("prompt")).toEqual(["drop", "blank", "noise", "swap", "ratio"]);
    expect(masksAt("media")).toEqual(["drop", "blank", "noise", "swap"]);
    expect(masksAt("plugin", "video")).toEqual(["blank", "swap", "ratio", "mean"]);
    expect(masksAt("plugin", "audio")).toEqual(["blank", "swap", "ratio"]);
  });

  it("applies exactly the kinds that prompts have", () => {
    for (const kind of maskKinds) {
      expect("apply" in kind, kind.id).toBe((maskModes as string[]).includes(kind.id));
    }
  });
});

describe("masking by ratio", () => {
  const long = (): Prompt => {
    const clip = prompt("clip", 1);
    clip.video = {
      ...clip.video,
      features: Float32Array.from({ length: 4000 }, () => 1),
      tokens: 100,
      dim: 40,
    };
    return clip;
  };
  const masked = (unit: "element" | "frame" | "block", ratio: number, seed = 1) =>
    maskPrompt(long(), "video", "ratio", { rng: new Rng(seed), ratio: { ratio, unit } }).video;
  const zeros = (features: Float32Array) => features.filter((x) => x === 0).length;
  const hiddenTokens = ({ features, tokens, dim }: Prompt["video"]) =>
    Array.from({ length: tokens }, (_, token) => token).filter((token) =>
      features.subarray(token * dim, (token + 1) * dim).every((x) => x === 0),
    );

  it("element: features are zeroed one by one, about the share ρ of them", () => {
    expect(zeros(masked("element", 0.7).features) / 4000).toBeCloseTo(0.7, 1);
    expect(hiddenTokens(masked("element", 0.7))).toEqual([]);
  });

  it("frame: exactly the share ρ of the tokens, whole", () => {
    const { features } = masked("frame", 0.7);
    expect(zeros(features)).toBe(70 * 40);
    expect(hiddenTokens(masked("frame", 0.7))).toHaveLength(70);
  });

  it("block: the same number of tokens in one piece of time", () => {
    const hidden = hiddenTokens(masked("block", 0.7));
    expect(hidden).toHaveLength(70);
    expect(hidden.at(-1)! - hidden[0]!).toBe(69);
  });

  it.each(["element", "frame", "block"] as const)("%s: ρ 1 is all zero, ρ 0 nothing", (unit) => {
    expect(zeros(masked(unit, 1).features)).toBe(4000);
    expect(zeros(masked(unit, 0).features)).toBe(0);
  });

  it("draws anew by seed, and the same of the same seed", () => {
    expect(masked("element", 0.7, 1).features).toEqual(masked("element", 0.7, 1).features);
    expect(masked("element", 0.7, 1).features).not.toEqual(masked("element", 0.7, 2).features);
  });

  it("still shows something unless all of it is zero", () => {
    const kind = maskKind("ratio");
    expect(isPartial(kind, { ratio: { ratio: 0.7, unit: "element" } })).toBe(true);
    expect(isPartial(kind, { ratio: { ratio: 1, unit: "element" } })).toBe(false);
    expect(isPartial(maskKind("swap"), { ratio: { ratio: 1, unit: "element" } })).toBe(true);
  });
});
