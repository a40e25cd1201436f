import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import { maskKinds, maskModes, maskPrompt, masksAt } from "./masks.ts";
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
const sources = () => ({ rng: new Rng(1), donor: prompt("donor", 100), blank });

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
      "mask 'mean' can't hide video in a prompt (for prompts there are drop, blank, noise, swap)",
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
    expect(masksAt("prompt")).toEqual(["drop", "blank", "noise", "swap"]);
    expect(masksAt("media")).toEqual(["drop", "blank", "noise", "swap"]);
    expect(masksAt("plugin", "video")).toEqual(["blank", "swap", "mean"]);
    expect(masksAt("plugin", "audio")).toEqual(["blank", "swap"]);
  });

  it("applies exactly the kinds that prompts have", () => {
    for (const kind of maskKinds) {
      expect("apply" in kind, kind.id).toBe((maskModes as string[]).includes(kind.id));
    }
  });
});
