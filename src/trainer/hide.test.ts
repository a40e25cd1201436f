import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import type { PresetName } from "../loss/options.ts";
import { resolveLossOptions } from "../loss/presets.ts";
import { maskKind, maskModes } from "../prompt/masks.ts";
import type { Example } from "./example.ts";
import { hidePrompts, type MaskPlan, streamsToHide } from "./hide.ts";
import { clip } from "./run.fake.ts";

const examples = Array.from({ length: 6 }, (_, index) => clip(index));
const plan = (changes: Partial<MaskPlan> = {}): MaskPlan => ({
  kind: maskKind("swap"),
  donors: examples,
  blank: { video: Float32Array.of(0), audio: Float32Array.of(0) },
  ratio: { ratio: 0.7, unit: "frame" },
  rng: new Rng("hide"),
  ...changes,
});

describe("streams to hide", () => {
  const streams = (preset: PresetName, passes: "alternate" | "both") =>
    [0, 1].map((step) =>
      [0, 1, 2].map((group) =>
        streamsToHide({ loss: resolveLossOptions({ preset }), mask: { passes } }, step, group),
      ),
    );

  it("alternate: one a group, the other in the next group and in the next step", () => {
    expect(streams("oppo-swap", "alternate")).toEqual([
      [["video"], ["audio"], ["video"]],
      [["audio"], ["video"], ["audio"]],
    ]);
  });

  it("both: video and audio of every group", () => {
    for (const hidden of streams("oppo-swap", "both").flat()) {
      expect(hidden).toEqual(["video", "audio"]);
    }
  });

  it("both even where one a step was asked for, when the loss compares the two", () => {
    expect(streams("attrib", "alternate").flat()).toEqual(Array(6).fill(["video", "audio"]));
  });

  it("both streams at once for PAPO beside the printed reward, each for its dual form", () => {
    expect(streams("paper-papo", "both").flat()).toEqual(Array(6).fill(["both"]));
    expect(streams("paper-papo-dual", "both").flat()).toEqual(Array(6).fill(["video", "audio"]));
  });

  it("none for a loss without masked passes", () => {
    expect(streams("none", "both").flat()).toEqual(Array(6).fill([]));
  });
});

describe("hidden prompts", () => {
  it.each(maskModes)("%s changes the stream it hides and no other", (mode) => {
    const example = clip(0);
    const { video, audio } = hidePrompts(example, ["video"], plan({ kind: maskKind(mode) }));
    expect(audio).toBeUndefined();
    expect(video!.prompt.video).not.toEqual(example.prompt.video);
    expect(video!.prompt.audio).toBe(example.prompt.audio);
    expect(example.prompt).toEqual(clip(0).prompt);
  });

  it("only a swapped stream still shows something: partial", () => {
    const partial = maskModes.map(
      (mode) => hidePrompts(clip(0), ["audio"], plan({ kind: maskKind(mode) })).audio!.partial,
    );
    expect(Object.fromEntries(maskModes.map((mode, index) => [mode, partial[index]]))).toEqual({
      drop: false,
      blank: false,
      noise: false,
      swap: true,
      ratio: true,
    });
  });
});

it("hides both streams of one prompt at once", () => {
  const { both, video } = hidePrompts(clip(0), ["both"], plan({ kind: maskKind("drop") }));
  expect(video).toBeUndefined();
  expect([both!.prompt.video.attended, both!.prompt.audio.attended]).toEqual([false, false]);
});

it("a ratio of 1 hides the stream completely", () => {
  const ratio = { ratio: 1, unit: "element" } as const;
  const { video } = hidePrompts(clip(0), ["video"], plan({ kind: maskKind("ratio"), ratio }));
  expect([...video!.prompt.video.features]).toEqual([0, 0]);
  expect(video!.partial).toBe(false);
});

describe("donors of swapped streams", () => {
  /** Numbers of the clips that gave their video in `draws` draws. */
  const donors = (example: Example, among: typeof examples, draws = 60): Set<number> => {
    const rng = new Rng("donors");
    const drawn = Array.from({ length: draws }, () => {
      const { video } = hidePrompts(example, ["video"], plan({ donors: among, rng }));
      return video!.prompt.video.features[0]! - 1;
    });
    return new Set(drawn);
  };

  it("have another label, and each such clip is drawn", () => {
    expect(donors(clip(0), examples)).toEqual(new Set([1, 3, 4]));
  });

  it("have the same label only where there is no other, and are never the clip itself", () => {
    const joyful = [0, 2, 5].map((index) => clip(index));
    expect(donors(clip(0), joyful)).toEqual(new Set([2, 5]));
  });

  it("share none of several labels", () => {
    const mixed = [["joy", "anger"], ["anger", "fear"], ["fear"], ["joy"]].map((labels, index) =>
      clip(index, labels),
    );
    expect(donors(mixed[0]!, mixed)).toEqual(new Set([2]));
  });

  it("of clips without labels are any other clips", () => {
    const bare = [0, 1, 2].map((index) => clip(index, []));
    expect(donors(bare[0]!, bare)).toEqual(new Set([1, 2]));
  });

  it("a single clip is refused with the reason and what to do", () => {
    expect(() => donors(clip(0), [clip(0)])).toThrow(
      /no other clip than 'clip-0' to swap with.*at least two training clips; blank and drop need one/,
    );
  });
});
