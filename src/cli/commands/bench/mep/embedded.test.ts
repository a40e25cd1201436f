import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { paperProbePrompt } from "../../../../bench/mep/paper/prompts.ts";
import { describePrompt, probePrompt } from "../../../../bench/mep/reference/prompts.ts";
import { experimentOptions } from "../../../../config/schema.ts";
import { readJson, writeJson } from "../../../../core/files.ts";
import { featureDims } from "../../../../media/features.ts";
import { writeClip } from "../../../../media/write.ts";
import { createEmbeddedPolicy } from "../../../../policy/embedded/embedded-policy.ts";
import { openExecutor } from "../../../../policy/embedded/open-executor.ts";
import { WordTokenizer } from "../../../../prompt/tokenizer.ts";
import { runLayout } from "../../../../runs/layout.ts";
import { openEmbeddedResponder } from "./embedded.ts";

let folder: string;
let clip: string;
const layout = () => runLayout(join(folder, "tiny"));

/** A run folder as training leaves it, with weights nobody trained. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-run-test-"));
  clip = join(folder, "clip.mp4");
  const [width, height, frames, fps] = [32, 32, 8, 8];
  await writeClip(clip, {
    video: {
      width,
      height,
      frames,
      fps,
      data: new Uint8Array(width * height * frames * 3).fill(90),
    },
    audio: {
      sampleRateHz: 16000,
      samples: Float32Array.from({ length: 16000 }, (_, i) => Math.sin(i / 9)),
    },
  });
  const experiment = experimentOptions.parse({
    name: "tiny",
    features: { frameSize: 8, videoTokens: 2, audioTokens: 2 },
    policy: { width: 16, layers: 1, heads: 2, headWidth: 8, maxTokens: 24 },
    variants: { oppo: {} },
  });
  const { features } = experiment;
  const dims = featureDims(features);
  const vocabulary = WordTokenizer.fromTexts([
    "<think>In the video, nothing stands out in the face. In the audio, raised brows",
  ]);
  const flat = (dim: number) => ({ centre: Array(dim).fill(0), factor: Array(dim).fill(1) });
  writeJson(layout().config, experiment);
  writeJson(layout().tokenizer, { pieces: vocabulary.pieces });
  writeJson(layout().standardiser, { video: flat(dims.video), audio: flat(dims.audio) });
  await saveWeights("weights");
});

async function saveWeights(seed: string): Promise<void> {
  const experiment = experimentOptions.parse(readJson(layout().config));
  const { features } = experiment;
  const dims = featureDims(features);
  const { pieces } = readJson<{ pieces: string[] }>(layout().tokenizer);
  const policy = await createEmbeddedPolicy({
    options: experiment.policy,
    vocabulary: new WordTokenizer(pieces),
    video: { tokens: features.videoTokens, dim: dims.video },
    audio: { tokens: features.audioTokens, dim: dims.audio },
    seed,
    executor: await openExecutor(experiment.executor),
  });
  await policy.save(layout().system("oppo").final);
  await policy.close();
}
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a run folder's system answers about a real file, the same each time it is opened", async () => {
  const ask = async () => {
    const responder = await openEmbeddedResponder(join(folder, "tiny", "oppo"));
    const question = { id: "q", media: { video: clip, audio: clip }, maxTokens: 64 };
    const said = await responder.respond({ ...question, prompt: describePrompt() });
    const probed = await responder.respond({
      ...question,
      prompt: probePrompt("visual", "raised brows"),
    });
    const unknown = await responder.respond({
      ...question,
      prompt: probePrompt("visual", "purple hat"),
    });
    const paper = await responder.respond({
      ...question,
      prompt: paperProbePrompt("visual", "raised brows"),
    });
    expect(paper.text).toBe(probed.text);
    await responder.close?.();
    return { id: responder.id, said, probed: probed.text, unknown: unknown.text };
  };
  const first = await ask();
  expect(first.id).toMatch(/^tiny.oppo \([0-9a-f]{8}\)$/);
  expect(first.said.text.length).toBeGreaterThan(0);
  expect(["Yes.", "No."]).toContain(first.probed);
  expect(first.unknown).toBe("I have no words for that.");
  expect(await ask()).toEqual(first);
  // Trained again, it is another model: a journal must not answer for it.
  await saveWeights("other weights");
  expect((await ask()).id).not.toBe(first.id);
});

it("a folder without finished weights is refused by name", async () => {
  await expect(openEmbeddedResponder(join(folder, "tiny", "grpo"))).rejects.toThrow(
    join("tiny", "grpo", "final"),
  );
  await expect(openEmbeddedResponder(join(folder, "none", "oppo"))).rejects.toThrow("config.json");
});

it("settings that this version does not know are refused by file and field, not with a stack", async () => {
  const settings = readJson<Record<string, unknown>>(layout().config);
  writeJson(layout().config, { ...settings, variants: { oppo: { loss: { preset: "old" } } } });
  await expect(openEmbeddedResponder(join(folder, "tiny", "oppo"))).rejects.toThrow(
    /config\.json.*preset/s,
  );
  writeJson(layout().config, settings);
});
