import { z } from "zod";

/** How a clip becomes the rows of features that a policy reads. */
export const featureOptions = z.strictObject({
  videoTokens: z.int().min(1).default(8).describe("Video tokens per clip."),
  framesPerToken: z
    .int()
    .min(1)
    .default(2)
    .describe("Frames in one video token; two or more let a single token show motion."),
  frameSize: z
    .int()
    .min(4)
    .default(24)
    .describe("Frames are made grey squares of this many pixels."),
  stillRemoved: z
    .number()
    .min(0)
    .max(1)
    .default(0.85)
    .describe(
      "Share of the clip's mean frame subtracted from every frame: takes away who is filmed and where, " +
        "keeps what changes. 0 keeps frames as they are.",
    ),
  audioTokens: z.int().min(1).default(8).describe("Audio tokens per clip."),
  melBands: z.int().min(8).default(40).describe("Bands of the log-mel spectrogram."),
  melFramesPerToken: z
    .int()
    .min(1)
    .default(20)
    .describe("Spectrogram frames in one audio token (20 frames of 12.5 ms: a quarter second)."),
  hopMs: z.number().positive().default(12.5).describe("Step between spectrogram frames, in ms."),
  windowMs: z.number().positive().default(32).describe("Length of a spectrogram window, in ms."),
  maxHz: z.number().positive().default(6000).describe("Top of the highest mel band, in Hz."),
  sampleRateHz: z.int().min(8000).default(16000).describe("Rate audio is read at, in Hz."),
  // Without a default, so that features stored before there was a choice are still found.
  framing: z
    .enum(["whole", "face"])
    .optional()
    .describe(
      "What of the picture is looked at: all of it (whole, the default), or one square that covers the " +
        "face through the clip (face; needs an install of its own, docs/your-clips.md).",
    ),
  faceMissing: z
    .enum(["refuse", "whole"])
    .optional()
    .describe(
      "With framing: face, clips in which not one face can be followed: refuse them all by name (the " +
        "default), or look at their whole picture and say so.",
    ),
});

/** Parsed `featureOptions`. */
export type FeatureOptions = z.infer<typeof featureOptions>;
