import { describe, expect, it } from "vitest";
import { decomposeReference } from "../../cues/decompose.ts";
import { parseResponse } from "../../cues/response.ts";
import type { ClipRow } from "../clip-row.ts";
import { coverage } from "./coverage.ts";
import { coldStartOptions } from "./options.ts";
import { coldStartTexts } from "./texts.ts";

const reference =
  "In the video, the woman frowns and looks down while pressing her lips together. In the audio, her voice trembles, with a low volume and frequent pauses. She seems sad and disappointed.";
const row = (more: Partial<ClipRow> = {}): ClipRow => ({
  id: "a",
  media: {},
  reference,
  labels: ["sadness"],
  ...more,
});
const texts = (of: ClipRow, options: object = {}, seed = "1") =>
  coldStartTexts(of, decomposeReference(of.reference ?? ""), coldStartOptions.parse(options), seed);

describe("cold-start texts by cues", () => {
  it("say the reference's cues in the form that the reward asks for, and nothing else", () => {
    const all = new Set(decomposeReference(reference).cues.map(({ text }) => text));
    for (const text of texts(row(), { texts: 40 })) {
      expect(parseResponse(text)).toMatchObject({ wellFormed: true, answer: { text: "sadness" } });
      const said = decomposeReference(text).cues.filter(({ modality }) => modality !== "emotion");
      expect(said.length).toBeGreaterThan(0);
      for (const cue of said) expect(all).toContain(cue.text);
    }
    expect(texts(row(), { texts: 1, mention: 1 })[0]).toMatch(
      /^<think>In the video, .+, .+ and .+\. In the audio, .+\. It is sadness\.<\/think><answer>sadness<\/answer>$/,
    );
  });

  it("leave out a cue as often as asked, in another order each time, the same for a seed", () => {
    const many = texts(row(), { texts: 400, mention: 0.6 });
    const share = many.filter((text) => text.includes("frowns")).length / many.length;
    expect(share).toBeGreaterThan(0.53);
    expect(share).toBeLessThan(0.67);
    expect(new Set(texts(row(), { mention: 1, texts: 20 })).size).toBeGreaterThan(10);
    expect(texts(row())).toEqual(texts(row()));
    expect(texts(row(), {}, "2")).not.toEqual(texts(row()));
  });

  it("answer with what the reference names where there is no label, with all where there are several", () => {
    expect(texts(row({ labels: [] }))[0]).toMatch(
      /It is sad and disappointed\.<\/think><answer>sad and disappointed<\/answer>$/,
    );
    const bare = row({ labels: [], reference: "In the video, she frowns." });
    expect(texts(bare)[0]).toMatch(/It is unclear\.<\/think><answer>unclear<\/answer>$/);
    expect(texts(row({ labels: ["sad", "tired"] }))[0]).toMatch(
      /It is sad and tired\.<\/think><answer>sad, tired<\/answer>$/,
    );
  });

  it("are none where the reference names nothing seen or heard, or is missing", () => {
    expect(texts(row({ reference: "She seems sad." }))).toEqual([]);
    expect(texts({ id: "a", media: {}, labels: ["sadness"] })).toEqual([]);
  });
});

describe("whole cold-start texts", () => {
  it("are the reference as it is written, its own answer replaced by the label", () => {
    const answered = `<think>${reference}</think> <answer>gloom</answer>`;
    for (const own of [reference, answered]) {
      expect(texts(row({ reference: own }), { from: "whole" })).toEqual([
        `<think>${reference}</think><answer>sadness</answer>`,
      ]);
    }
  });
});

describe("coverage", () => {
  it("counts words that a vocabulary lacks, and names clips of which nothing is left", () => {
    const known = new Set(["looks", "down", "frowns"]);
    const references = new Map([
      ["a", decomposeReference("In the video, she frowns, looks down and raises her brows.")],
      ["b", decomposeReference("In the audio, a hoarse voice.")],
    ]);
    const { words, unknown, lost } = coverage(references, (word) => known.has(word));
    expect(lost).toEqual(["b"]);
    expect(words - unknown).toBe(3);
  });
});
