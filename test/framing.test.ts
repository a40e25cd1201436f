import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawForeignClips } from "../scripts/foreign-clips/draw.ts";
import type { Question } from "../src/bench/ask/port.ts";
import { embeddedResponder } from "../src/bench/mep/asked/embedded-responder.ts";
import type { ClipRow } from "../src/data/clip-row.ts";
import { loadRowFeatures } from "../src/data/features/load.ts";
import { featureDims } from "../src/media/features.ts";
import { type FeatureOptions, featureOptions } from "../src/media/options.ts";
import { writeClip } from "../src/media/write.ts";
import type { Policy } from "../src/policy/port.ts";
import type { Prompt } from "../src/prompt/prompt.ts";
import { WordTokenizer } from "../src/prompt/tokenizer.ts";
import { needs } from "./needs.ts";

const face = { framing: "face" } as const;
let folder: string;
let drawn: ClipRow[];
let plain: ClipRow;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-framing-"));
  const clips = await drawForeignClips(join(folder, "drawn"), { clips: 2, seconds: 2 });
  drawn = clips.rows.map(({ filename }, k) => ({
    id: `drawn ${k}`,
    media: { video: join(clips.videos, filename) },
    labels: [],
  }));
  const video = join(folder, "plain.mp4");
  const data = new Uint8Array(8 * 64 * 48 * 3).fill(90);
  const samples = Float32Array.from({ length: 16000 }, (_, i) => 0.3 * Math.sin(i / 9));
  const audio = { sampleRateHz: 16000, samples };
  await writeClip(video, { video: { width: 64, height: 48, frames: 8, fps: 8, data }, audio });
  plain = { id: "plain", media: { video }, labels: [] };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (rows: readonly ClipRow[], given: object, workers = 0) =>
  loadRowFeatures(rows, {
    folder: join(folder, "run"),
    options: featureOptions.parse(given),
    workers,
  });

describe.skipIf(!needs.faceDetector.met)(`framing: face ${needs.faceDetector.title}`, () => {
  it("gives other pictures and the same sound, again without decoding, on workers too", async () => {
    const [whole, cut] = [await load(drawn, {}), await load(drawn, face, 2)];
    for (const { id } of drawn) {
      expect(cut.features.get(id)!.audio).toEqual(whole.features.get(id)!.audio);
      expect(cut.features.get(id)!.video).not.toEqual(whole.features.get(id)!.video);
    }
    expect(whole.notes).toEqual([]);
    expect(cut.notes).toEqual(["Framing: 2 of 2 clips are cut to the face."]);
    const again = await load(drawn, face);
    expect(again.features).toEqual(cut.features);
    expect(again.notes).toEqual(cut.notes);
  });

  it("refuses every clip without a face by name and says what else can be set", async () => {
    const { code, message } = await load([...drawn, plain], face).catch((error) => error);
    expect(code).toBe("CLIPS_UNREADABLE");
    expect(message).toMatch(/^1 of 3 clips cannot be decoded and framed:\n {2}'plain': .*no face/);
    expect(message).toContain("set `features.faceMissing: whole`");
  });

  it("takes them whole where that is asked for, and says so", async () => {
    const options = { ...face, faceMissing: "whole" };
    const { features, notes } = await load([...drawn, plain], options);
    const whole = await load([plain], {});
    expect(features.get("plain")!.video).toEqual(whole.features.get("plain")!.video);
    expect(notes).toEqual([
      "Framing: 2 of 3 clips are cut to the face. The whole picture is looked at in 1: " +
        "'plain' (no face in 8 frames looked at).",
    ]);
  });

  it("is done by the policy under test as in training, with whole pictures where it has to", async () => {
    const trained = await load([...drawn, plain], { ...face, faceMissing: "whole" });
    for (const { id, media } of [drawn[0]!, plain]) {
      const shown = await promptOfQuestion(featureOptions.parse(face), media);
      expect(shown.video.features).toEqual(trained.features.get(id)!.video.features);
    }
  });
});

/** What a policy is shown of the media of a question. */
async function promptOfQuestion(
  features: FeatureOptions,
  media: Question["media"],
): Promise<Prompt> {
  const identity = (dim: number) => ({
    centre: Array.from({ length: dim }, () => 0),
    factor: Array.from({ length: dim }, () => 1),
  });
  const shown: Prompt[] = [];
  const policy = {
    async sample(prompts) {
      shown.push(...prompts);
      return [[{ tokens: new Int32Array(0), logprobs: new Float32Array(0), stop: "eos" }]];
    },
  } as Partial<Policy> as Policy;
  const dims = featureDims(features);
  const responder = embeddedResponder({
    policy,
    tokenizer: WordTokenizer.fromTexts(["a face"]),
    standardiser: { video: identity(dims.video), audio: identity(dims.audio) },
    features,
    maxTokens: 4,
    id: "shown",
  });
  await responder.respond({ id: "q", prompt: "Describe the clip.", media, maxTokens: 4 });
  return shown[0]!;
}
