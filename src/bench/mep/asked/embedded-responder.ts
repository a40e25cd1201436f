import { recent, remembered } from "../../../core/recent.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import type { Audio, Clip, Video } from "../../../media/clip.ts";
import { clipFeatures, featureReading } from "../../../media/features.ts";
import { framed } from "../../../media/framing/framed.ts";
import type { FeatureOptions } from "../../../media/options.ts";
import { type ReadOptions, readClip } from "../../../media/read.ts";
import type { Policy } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import { promptOf } from "../../../prompt/prompt-of.ts";
import { type Standardiser, standardise } from "../../../prompt/standardise.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import type { Answer, Question, Responder } from "../../ask/port.ts";
import { readProbePrompt } from "../reference/prompts.ts";
import { affirms } from "../shared/affirmation.ts";
import { probeContext } from "../shared/probe-context.ts";

/** A trained embedded policy with what belongs to its run. */
export interface EmbeddedModel {
  policy: Policy;
  tokenizer: Tokenizer;
  standardiser: Standardiser;
  features: FeatureOptions;
  /** Longest completion the policy was built for. */
  maxTokens: number;
  /** Written into records: run and system. */
  id: string;
}

const clipsKept = 64;

/**
 * The embedded policy as a model under test: it reads the question's real files. It knows no
 * question words, so a description is what it says of any clip (greedy), and a probe is decided by
 * likelihood: "yes" when the clip raises the cue's log-prob over that with nothing shown by
 * `affirmationMarginNats`. A cue outside its vocabulary can't be asked; the answer says so and is
 * unparseable.
 */
export function embeddedResponder(model: EmbeddedModel): Responder {
  const prompts = recent<Promise<Prompt>>(clipsKept);
  const promptFor = (media: Question["media"]): Promise<Prompt> =>
    remembered(prompts, `${media.video ?? ""}|${media.audio ?? ""}`, () =>
      readPrompt(model, media),
    );
  return {
    id: model.id,
    async respond(question): Promise<Answer> {
      const prompt = await promptFor(question.media);
      const probe = readProbePrompt(question.prompt);
      if (probe === null) return describe(model, prompt, question);
      const text = await decide(model, prompt, await promptFor({}), probe.modality, probe.cue);
      return { text, finish: "stop", attempts: 1 };
    },
    close: () => model.policy.close(),
  };
}

async function describe(
  { policy, tokenizer, maxTokens }: EmbeddedModel,
  prompt: Prompt,
  question: Question,
): Promise<Answer> {
  const [completions] = await policy.sample([prompt], {
    samplesPerPrompt: 1,
    maxTokens: Math.min(maxTokens, question.maxTokens),
    temperature: 0,
    seed: question.id,
  });
  const { tokens, stop } = completions![0]!;
  return {
    text: tokenizer.decode(tokens).text,
    finish: stop === "length" ? "length" : "stop",
    attempts: 1,
  };
}

async function decide(
  { policy, tokenizer, maxTokens }: EmbeddedModel,
  given: Prompt,
  nothing: Prompt,
  modality: EvidenceModality,
  cue: string,
): Promise<string> {
  const text = `${probeContext[modality]} ${cue}`;
  const { ids, offsets } = tokenizer.encode(text);
  if (tokenizer.decode(ids).text !== text) return "I have no words for that.";
  if (ids.length > maxTokens) return "That is too long for me.";
  const from = offsets.findIndex((offset) => offset.end > probeContext[modality].length);
  const tokens = Int32Array.from(ids);
  const [shown, blind] = await policy.logprobs([
    { prompt: given, tokens },
    { prompt: nothing, tokens },
  ]);
  const total = (values: Float32Array) =>
    values.subarray(from).reduce((sum, value) => sum + value, 0);
  return affirms(total(shown!), total(blind!)) ? "Yes." : "No.";
}

/** Features of the files, made as training made them. */
async function readPrompt(
  { features, standardiser }: EmbeddedModel,
  media: Question["media"],
): Promise<Prompt> {
  const clip = await readStreams(media, features);
  const id = media.video ?? media.audio ?? "nothing";
  return standardise(promptOf(id, clipFeatures(clip, features)), standardiser);
}

/**
 * A stream that is not given is shown as black frames, or silence: the policy knows no shorter
 * input.
 */
async function readStreams(media: Question["media"], features: FeatureOptions): Promise<Clip> {
  const { sampleRateHz } = features;
  const options = { ...featureReading(features), allowSilent: true };
  const seen = media.video === undefined ? null : await readPicture(media.video, features, options);
  const heard =
    media.audio === undefined
      ? null
      : (await readClip(media.audio, { ...options, needVideo: false })).audio;
  const seconds =
    (heard && heard.samples.length / sampleRateHz) ?? (seen && seen.frames / seen.fps) ?? 2;
  return { video: seen ?? black(seconds), audio: heard ?? silence(seconds, sampleRateHz) };
}

/** Framed as in training. A film without one face to follow is shown whole. */
async function readPicture(file: string, features: FeatureOptions, options: ReadOptions) {
  const { video } = await readClip(file, { ...options, needAudio: false });
  // A masked picture has no face, and the question about it is asked all the same.
  return (await framed(video, { ...features, faceMissing: "whole" }, file)).video;
}

function black(seconds: number): Video {
  const [width, height, fps] = [16, 16, 8];
  const frames = Math.max(1, Math.round(seconds * fps));
  return { width, height, frames, fps, data: new Uint8Array(width * height * 3 * frames) };
}

const silence = (seconds: number, sampleRateHz: number): Audio => ({
  sampleRateHz,
  samples: new Float32Array(Math.max(1, Math.round(seconds * sampleRateHz))),
});
