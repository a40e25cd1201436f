import { z } from "zod";

const probability = z.number().min(0).max(1);
const range = z
  .tuple([probability, probability])
  .refine(([low, high]) => low <= high, "must go from lower to higher");

/** What a synthetic corpus is drawn from. The defaults are the demo's. */
export const corpusOptions = z.strictObject({
  seed: z.union([z.string(), z.number()]).default("oppo").describe("Seed of the whole corpus."),
  clips: z
    .strictObject({
      train: z.int().min(1).default(2400).describe("Training clips."),
      validation: z.int().min(0).default(200).describe("Validation clips."),
      test: z.int().min(0).default(400).describe("Held-out clips."),
    })
    .prefault({})
    .describe("Clips per split."),
  congruent: z
    .strictObject({
      train: probability.default(0.9).describe("In training."),
      evaluation: probability.default(0.5).describe("In validation and test."),
    })
    .prefault({})
    .describe("Share of clips whose face and voice come from the same emotion."),
  strong: probability
    .default(0.82)
    .describe("Probability that a factor of a strongly expressed modality follows the emotion."),
  weak: probability.default(0.5).describe("The same for a weakly expressed modality."),
  stray: probability
    .default(0.35)
    .describe("Probability that a factor which does not follow is a random value, not neutral."),
  coldStartTexts: z
    .int()
    .min(1)
    .default(12)
    .describe("Cold-start texts per clip, drawn anew; one alone is learned by heart."),
  mention: probability
    .default(0.5)
    .describe("Probability that the cold-start text mentions a salient cue."),
  replaced: probability
    .default(0.25)
    .describe("Share of cold-start claims replaced by the label's prototype value."),
  render: z
    .strictObject({
      size: z.int().min(16).multipleOf(2).default(64).describe("Frame width and height, pixels."),
      frames: z.int().min(2).default(16).describe("Frames per clip."),
      fps: z.number().positive().default(8).describe("Frames per second."),
      sampleRateHz: z.int().min(8000).default(16000).describe("Audio rate, Hz."),
      window: range
        .default([0.4, 0.65])
        .describe("Shortest and longest share of the clip during which a factor shows."),
      visualNoise: range
        .default([0.5, 0.75])
        .describe("Range of a clip's visual degradation: 0 clean, 1 hardly recognisable."),
      acousticNoise: range
        .default([0.55, 0.75])
        .describe("Range of a clip's acoustic degradation: 0 clean, 1 hardly intelligible."),
      extension: z
        .enum(["mp4", "webm", "mkv"])
        .default("mp4")
        .describe("Container of the clips; mp4 (H.264, AAC) plays everywhere and writes fastest."),
      wav: z
        .boolean()
        .default(true)
        .describe("Also write the sound as wav, which ms-swift's `audios` column needs."),
    })
    .prefault({})
    .describe("How clips are drawn."),
});

/** Parsed `corpusOptions`. */
export type CorpusOptions = z.infer<typeof corpusOptions>;
/** Its `render` part. */
export type RenderOptions = CorpusOptions["render"];
