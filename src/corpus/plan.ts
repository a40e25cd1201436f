import { Rng } from "../core/rng.ts";
import type { Clip } from "../media/clip.ts";
import { drawActivations } from "./activation.ts";
import { degradeAudio, degradeVideo } from "./degrade.ts";
import { drawFace } from "./face.ts";
import { type ManifestRow, type Split, splits } from "./manifest.ts";
import type { CorpusOptions, RenderOptions } from "./options.ts";
import { sampleState } from "./sample.ts";
import { coldStartText, referenceText } from "./script.ts";
import { speak } from "./voice.ts";

/** The whole manifest, which depends on the options alone: nothing is rendered to write it. */
export function planCorpus(options: CorpusOptions): ManifestRow[] {
  return splits.flatMap((split) =>
    Array.from({ length: options.clips[split] }, (_, index) => planClip(options, split, index)),
  );
}

function planClip(options: CorpusOptions, split: Split, index: number): ManifestRow {
  const id = `${split}-${String(index).padStart(5, "0")}`;
  const seed = `${options.seed}/${split}/${index}`;
  const rng = new Rng(seed);
  const state = sampleState(options, split, rng.fork("state"));
  const noise = rng.fork("noise");
  const { render } = options;
  return {
    id,
    split,
    file: `clips/${id}.${render.extension}`,
    seed,
    ...state,
    reference: referenceText(state, rng.fork("reference")),
    coldStart: Array.from({ length: options.coldStartTexts }, (_, text) =>
      coldStartText(state, options, rng.fork(`cold start ${text}`)),
    ),
    noise: {
      visual: round(noise.uniform(...render.visualNoise)),
      acoustic: round(noise.uniform(...render.acousticNoise)),
    },
  };
}

/**
 * Draws and degrades a manifest row's clip; the same row and options give the same pixels and
 * samples.
 */
export function renderClip(row: ManifestRow, options: RenderOptions): Clip {
  const rng = new Rng(row.seed).fork("render");
  const activations = drawActivations(row.factors, options.window, rng.fork("activations"));
  const video = drawFace(activations, options, rng.fork("face"));
  const audio = speak(activations, options, rng.fork("voice"));
  return {
    video: degradeVideo(video, row.noise.visual, rng.fork("grain")),
    audio: degradeAudio(audio, row.noise.acoustic, rng.fork("background")),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
