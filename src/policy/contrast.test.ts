import { expect, it } from "vitest";
import type { Prompt, Stream } from "../prompt/prompt.ts";
import { contrasted } from "./contrast.ts";
import { contrastOptions } from "./options.ts";
import type { Policy, SampleOptions } from "./port.ts";

const stream = (...features: number[]): Stream => ({
  features: Float32Array.from(features),
  tokens: features.length,
  dim: 1,
  attended: true,
});
const prompt = (id: string): Prompt => ({
  id,
  video: stream(1, 2, 3),
  audio: stream(4, 5, 6),
  text: [],
});
const blank = { video: Float32Array.of(7), audio: Float32Array.of(8) };

/** What a policy that is asked to sample is asked. */
async function asked(options: object, contrast = true) {
  let seen: SampleOptions | undefined;
  const policy = {
    id: "engine",
    capabilities: { wholeVocabulary: false, contrast },
    sample: async (_: readonly Prompt[], given: SampleOptions) => {
      seen = given;
      return [];
    },
  } as unknown as Policy;
  const settings = contrastOptions.parse(options);
  await contrasted(policy, settings, blank).sample([prompt("a"), prompt("b")], {
    samplesPerPrompt: 1,
    maxTokens: 4,
    temperature: 1,
    seed: "s",
  });
  return seen!.contrast!;
}

const features = ({ video, audio }: Prompt) => [[...video.features], [...audio.features]];

it("holds each prompt against its copy with the stream hidden, and no other", async () => {
  const silent = await asked({ hide: "audio", mask: "blank" });
  expect(silent.prompts.map(features)).toEqual([
    [
      [1, 2, 3],
      [8, 8, 8],
    ],
    [
      [1, 2, 3],
      [8, 8, 8],
    ],
  ]);
  expect(silent).toMatchObject({ alpha: 1, beta: 0.1 });
  const both = await asked({ hide: "both", mask: "blank", alpha: 0.5, beta: 0 });
  expect(features(both.prompts[0]!)).toEqual([
    [7, 7, 7],
    [8, 8, 8],
  ]);
  expect(both).toMatchObject({ alpha: 0.5, beta: 0 });
});

it("draws noise anew for each prompt, the same for the same seed", async () => {
  const [first, again] = [await asked({ hide: "video" }), await asked({ hide: "video" })];
  expect(first.prompts.map(features)).toEqual(again.prompts.map(features));
  const [a, b] = first.prompts as [Prompt, Prompt];
  expect([...a.video.features]).not.toEqual([...b.video.features]);
  expect([...a.audio.features]).toEqual([4, 5, 6]);
});

it("refuses an engine that samples from one prompt alone", async () => {
  await expect(asked({ hide: "audio" }, false)).rejects.toThrow(
    /engine cannot decode by contrast .*leave decode\.contrast out/,
  );
});
