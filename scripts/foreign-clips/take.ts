import { Rng } from "../../src/core/rng.ts";
import { drawActivations } from "../../src/corpus/activation.ts";
import { degradeAudio } from "../../src/corpus/degrade.ts";
import { drawFace } from "../../src/corpus/face.ts";
import { factorNames, factorsOf, prototypes } from "../../src/corpus/factors.ts";
import type { FactorName } from "../../src/corpus/manifest.ts";
import { corpusOptions } from "../../src/corpus/options.ts";
import { drawSpeaker } from "../../src/corpus/prosody.ts";
import { speak } from "../../src/corpus/voice.ts";
import type { Clip, Video } from "../../src/media/clip.ts";
import { type Container, containers } from "./containers.ts";
import { type Drawn, drawnEmotions } from "./prose.ts";

/** One clip before it is drawn. */
export interface Take {
  index: number;
  speaker: string;
  /** Draws the speaker's face and voice: the same in all of their clips. */
  who: Rng;
  person: "she" | "he";
  emotion: Drawn;
  factors: Record<FactorName, number>;
  container: Container;
  width: number;
  height: number;
  fps: number;
  seconds: number;
  sampleRateHz: number;
}

/** Accents, so that a table and a folder can spell one name in two Unicode forms. */
const speakers = ["Ada", "Zoë", "Bo", "José", "Åsa", "Ravi", "Nuria", "Tomás"] as const;
const sizes = [
  [160, 120],
  [320, 240],
  [240, 320],
  [176, 144],
  [480, 360],
  [180, 320],
  [240, 240],
] as const;
const rates = [8, 12, 15, 24, 25, 29.97] as const;
/** Opus knows no other rates; the rest is what recorders write. */
const sampleRates: Readonly<Record<Container, number>> = {
  mp4: 22050,
  mkv: 16000,
  webm: 24000,
  avi: 22050,
  mov: 44100,
};

/** Every clip of a folder. Emotions, speakers and containers are dealt out evenly. */
export function drawTakes(count: number, seed: number, seconds: number | null): Take[] {
  const rng = new Rng(`foreign clips/${seed}`);
  return Array.from({ length: count }, (_, index) => {
    const own = rng.fork(index);
    const round = Math.floor(index / drawnEmotions.length);
    const speaker = speakers[round % speakers.length]!;
    const who = rng.fork(speaker);
    const emotion = drawnEmotions[index % drawnEmotions.length]!;
    const container = containers[index % containers.length]!;
    const [width, height] = own.pick(sizes);
    return {
      index,
      speaker,
      who,
      // High voices and low ones, as the corpus draws them.
      person: drawSpeaker(who.fork("speaker")).f0 > 150 ? "she" : "he",
      emotion,
      factors: drawFactors(emotion, own.fork("factors")),
      container,
      width,
      height,
      fps: own.pick(rates),
      seconds: seconds ?? Math.round(own.uniform(2, 6) * 10) / 10,
      sampleRateHz: sampleRates[container],
    };
  });
}

/** Clear expressions: nearly every factor is its emotion's; one clip in ten has another's voice. */
function drawFactors(emotion: Drawn, rng: Rng): Record<FactorName, number> {
  const voice = rng.bool(0.9) ? emotion : rng.pick(drawnEmotions);
  return Object.fromEntries(
    factorNames.map((factor) => {
      const from = factorsOf.visual.includes(factor) ? emotion : voice;
      return [factor, rng.bool(0.92) ? prototypes[from][factor] : 0];
    }),
  ) as Record<FactorName, number>;
}

/** Draws the film and the voice of a take. */
export function filmTake(take: Take, seed: number): Clip {
  const rng = new Rng(`foreign clips/${seed}/film`).fork(take.index);
  const { width, height, fps, seconds, sampleRateHz } = take;
  const side = Math.min(width, height);
  const frames = Math.max(2, Math.round(seconds * fps));
  const render = { ...corpusOptions.parse({}).render, size: side, frames, fps, sampleRateHz };
  const activations = drawActivations(take.factors, [0.5, 0.75], rng.fork("activations"));
  const face = drawFace(activations, render, rng.fork("face"), take.who);
  const voice = speak(activations, render, rng.fork("voice"), take.who);
  return {
    video: framed(face, width, height, rng.fork("frame")),
    audio: degradeAudio(voice, 0.2, rng.fork("background")),
  };
}

/** Puts a square film into a larger picture: about the middle, and on the lower edge. */
function framed(film: Video, width: number, height: number, rng: Rng): Video {
  const side = film.width;
  const left = Math.round(((width - side) * rng.uniform(0.35, 0.65)) / 2) * 2;
  const top = height - side;
  const data = Buffer.alloc(film.frames * width * height * 3);
  for (let frame = 0; frame < film.frames; frame++) {
    const from = frame * side * side * 3;
    const to = frame * width * height * 3;
    // The square's first pixel is wall.
    data.fill(film.data.subarray(from, from + 3), to, to + width * height * 3);
    for (let y = 0; y < side; y++) {
      const line = film.data.subarray(from + y * side * 3, from + (y + 1) * side * 3);
      data.set(line, to + ((top + y) * width + left) * 3);
    }
  }
  return { ...film, width, height, data };
}
