import { MediaError } from "../core/errors.ts";
import type { Clip, Video } from "./clip.ts";
import { logMel, logMelFloor } from "./mel.ts";
import type { FeatureOptions } from "./options.ts";
import type { ReadOptions } from "./read.ts";
import { resizeImage } from "./scale.ts";

/** `tokens` rows of `dim` features, row-major. */
export interface FeatureStream {
  features: Float32Array;
  tokens: number;
  dim: number;
}

/** Both streams of a clip as a policy reads them. */
export interface ClipFeatures {
  video: FeatureStream;
  audio: FeatureStream;
}

/** Changes when the same clip and options begin to give other features; part of cache keys. */
export const featuresVersion = "4";

/** Fixed constants, never a clip's own statistics: loudness and brightness are evidence. */
const grey = { mean: 0.52, deviation: 0.2, changeDeviation: 0.1 };
const mel = { mean: -5.5, deviation: 1.2 };

/** Pixels of the longer side in which a face is looked for; the detector itself sees 256. */
const faceSearchSide = 512;

/**
 * How a clip is read to take its features: frames only as large as the squares they become can
 * tell, or a face in them can be found. Clips that are read in another way give other features than
 * those a policy was trained with.
 */
export function featureReading({ sampleRateHz, frameSize, framing }: FeatureOptions): ReadOptions {
  const maxSide = 8 * frameSize;
  return {
    sampleRateHz,
    maxSide: framing === "face" ? Math.max(faceSearchSide, maxSide) : maxSide,
  };
}

/** Width of one row of each stream. */
export function featureDims(options: FeatureOptions): { video: number; audio: number } {
  return {
    video: options.framesPerToken * options.frameSize ** 2,
    audio: options.melFramesPerToken * options.melBands,
  };
}

/**
 * Features of a clip. A video token is a tubelet of `framesPerToken` successive frames, grey, frame
 * after frame, less `stillRemoved` of the clip's mean frame; tokens lie evenly over the clip. An
 * audio token is a block of log-mel frames, time after time, laid evenly over the time the video
 * takes (all of the audio where there are no frames).
 * `framing` is not looked at here: a clip to be framed is cut before (`media/framing`).
 * @throws MediaError `MEDIA_NO_FRAMES`, `MEDIA_NO_SAMPLES` for an empty stream.
 */
export function clipFeatures(clip: Clip, options: FeatureOptions): ClipFeatures {
  return { video: videoFeatures(clip.video, options), audio: audioFeatures(clip, options) };
}

/** The video half of `clipFeatures`. */
export function videoFeatures(video: Video, options: FeatureOptions): FeatureStream {
  if (video.frames === 0) throw new MediaError("MEDIA_NO_FRAMES", "no frames to take features of");
  const { videoTokens: tokens, framesPerToken, frameSize } = options;
  const dim = featureDims(options).video;
  const count = tokens * framesPerToken;
  const squares = Array.from({ length: count }, (_, k) => {
    const frame = Math.min(video.frames - 1, Math.floor(((k + 0.5) * video.frames) / count));
    return greySquare(video, frame, frameSize);
  });
  const features = new Float32Array(tokens * dim);
  const pixels = frameSize ** 2;
  const mean = new Float64Array(pixels);
  for (const square of squares) {
    for (let pixel = 0; pixel < pixels; pixel++) mean[pixel]! += square[pixel]! / count;
  }
  squares.forEach((square, k) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = standardGrey(square[pixel]!, mean[pixel]!, options.stillRemoved);
      features[k * pixels + pixel] = value;
    }
  });
  return { features, tokens, dim };
}

/**
 * A pixel less part of its mean over the clip; the scale follows how much of the variance is left.
 */
function standardGrey(value: number, clipMean: number, removed: number): number {
  const deviation = grey.deviation * (1 - removed) + grey.changeDeviation * removed;
  return (value - removed * clipMean - (1 - removed) * grey.mean) / deviation;
}

/** Brightness 0 to 1, row-major. */
function greySquare(video: Video, frame: number, size: number): Float32Array {
  const pixels = video.width * video.height;
  const luma = new Float32Array(pixels);
  const { data } = video;
  for (let i = 0, at = frame * pixels * 3; i < pixels; i++, at += 3) {
    luma[i] = (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!) / 255;
  }
  return resizeImage(
    luma,
    { width: video.width, height: video.height, stride: 1 },
    { width: size, height: size, channels: 1 },
  );
}

/** The audio half of `clipFeatures`; without frames in `video` it covers all of the audio. */
export function audioFeatures({ video, audio }: Clip, options: FeatureOptions): FeatureStream {
  const { audioTokens: tokens, melBands, melFramesPerToken } = options;
  const dim = featureDims(options).audio;
  const spectrogram = logMel(audio, options);
  const features = new Float32Array(tokens * dim).fill(standardMel(logMelFloor));
  // Codecs pad audio to whole blocks, so the video says how long the clip is.
  const hopSeconds = options.hopMs / 1000;
  const shown = video.frames > 0 ? Math.round(video.frames / video.fps / hopSeconds) : Infinity;
  const frames = Math.min(spectrogram.frames, shown);
  const slack = Math.max(0, frames - tokens * melFramesPerToken);
  for (let token = 0; token < tokens; token++) {
    const start = token * melFramesPerToken + Math.round((slack * token) / Math.max(1, tokens - 1));
    const available = Math.min(melFramesPerToken, frames - start);
    for (let i = 0; i < available * melBands; i++) {
      features[token * dim + i] = standardMel(spectrogram.data[start * melBands + i]!);
    }
  }
  return { features, tokens, dim };
}

const standardMel = (value: number): number => (value - mel.mean) / mel.deviation;

/**
 * One row per stream of what "nothing there" looks like: black frames and silence (mask mode
 * `blank`).
 */
export function blankFeatures(options: FeatureOptions): {
  video: Float32Array;
  audio: Float32Array;
} {
  const dims = featureDims(options);
  return {
    video: new Float32Array(dims.video).fill(standardGrey(0, 0, options.stillRemoved)),
    audio: new Float32Array(dims.audio).fill(standardMel(logMelFloor)),
  };
}
