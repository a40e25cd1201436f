import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../core/rng.ts";
import { featureOptions } from "../../../media/options.ts";
import { writeClip } from "../../../media/write.ts";
import type { Completion, Datum, Policy } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import { WordTokenizer } from "../../../prompt/tokenizer.ts";
import type { Question } from "../../ask/port.ts";
import { openMaskStore } from "../../mask-media/mask-store.ts";
import { probePrompt } from "../reference/prompts.ts";
import { embeddedResponder } from "./embedded-responder.ts";

const features = featureOptions.parse({ frameSize: 8, stillRemoved: 0, videoTokens: 2 });
const tokenizer = WordTokenizer.fromTexts([
  "<think>In the video, nothing stands out in the face. In the audio, loud voice. bright face",
]);
const identity = (dim: number) => ({
  centre: Array.from({ length: dim }, () => 0),
  factor: Array.from({ length: dim }, () => 1),
});
const standardiser = {
  video: identity(features.framesPerToken * 64),
  audio: identity(features.melFramesPerToken * features.melBands),
};

/** Mean of a stream's features: brightness, or loudness. */
const level = ({ features: values }: Prompt["video"]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Finds " bright" likelier the brighter the picture, " loud" likelier the louder the sound. */
function sensingPolicy(): Policy {
  const logprob = ({ prompt }: Datum, token: number): number => {
    const word = tokenizer.pieces[token];
    if (word === " bright") return level(prompt.video);
    if (word === " loud") return level(prompt.audio);
    return -1;
  };
  return {
    id: "sensing",
    async sample(prompts): Promise<Completion[][]> {
      return prompts.map((prompt) => {
        const text = level(prompt.video) > 0 ? " bright face" : " face";
        const tokens = Int32Array.from(tokenizer.encode(text).ids);
        return [{ tokens, logprobs: new Float32Array(tokens.length), stop: "eos" }];
      });
    },
    async logprobs(batch) {
      return batch.map((datum) =>
        Float32Array.from(datum.tokens, (token) => logprob(datum, token)),
      );
    },
    async close() {},
  } as Partial<Policy> as Policy;
}

let folder: string;
let clip: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-embedded-test-"));
  clip = join(folder, "clip.mp4");
  const [width, height, frames, fps] = [32, 32, 16, 8];
  const data = new Uint8Array(width * height * frames * 3).fill(230);
  const rng = new Rng("noise");
  const samples = Float32Array.from({ length: 32000 }, () => rng.uniform(-0.8, 0.8));
  await writeClip(clip, {
    video: { width, height, frames, fps, data },
    audio: { sampleRateHz: 16000, samples },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const responder = () =>
  embeddedResponder({
    policy: sensingPolicy(),
    tokenizer,
    standardiser,
    features,
    maxTokens: 64,
    id: "tiny",
  });
const ask = async (prompt: string, media: Question["media"]) =>
  (await responder().respond({ id: "q", media, prompt, maxTokens: 16 })).text;
const visual = probePrompt("visual", "bright face");
const acoustic = probePrompt("acoustic", "loud voice");

describe("the embedded policy as a model under test", () => {
  it("affirms what the real file shows and sounds like", async () => {
    const media = { video: clip, audio: clip };
    expect(await ask(visual, media)).toBe("Yes.");
    expect(await ask(acoustic, media)).toBe("Yes.");
    expect(await ask("Describe it.", media)).toBe(" bright face");
  });

  it("denies it where the stream was masked in the file, or is not given", async () => {
    const store = openMaskStore(join(folder, "masked"));
    const request = { file: clip, video: "own", audio: "own", seed: "1" } as const;
    const black = await store.masked({ ...request, video: "blank" });
    const silent = await store.masked({ ...request, audio: "blank" });
    expect(await ask(visual, { video: black, audio: black })).toBe("No.");
    expect(await ask(acoustic, { video: black, audio: black })).toBe("Yes.");
    expect(await ask(acoustic, { video: silent, audio: silent })).toBe("No.");
    expect(await ask(visual, { audio: clip })).toBe("No.");
    expect(await ask("Describe it.", { video: black, audio: black })).toBe(" face");
  });

  it("says so where it has no words for a cue, and names a clip that can't be read", async () => {
    const answer = await ask(probePrompt("visual", "teary eyes"), { video: clip, audio: clip });
    expect(answer).toBe("I have no words for that.");
    await expect(ask(visual, { video: join(folder, "no.mp4") })).rejects.toThrow("no.mp4");
  });
});
