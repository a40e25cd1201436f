import { type InspectedClip, lengthOf } from "../../data/inspect/clip.ts";
import type { PictureFacts, SoundFacts } from "../../data/inspect/look/facts.ts";
import { decibels } from "../../data/inspect/problems.ts";
import { coordinate, type Html, html } from "../html.ts";

const width = 240;
const lane = 5;
const middle = 26;
const reach = 15;

/**
 * Picture and sound of a clip on one time axis: a bar of the picture's length, and the waveform
 * below it.
 */
export function timeline({ media }: InspectedClip): Html | null {
  const { picture = null, sound = null } = media ?? {};
  if (!picture && !sound) return null;
  const end = Math.max(picture?.endSec ?? 0, sound?.endSec ?? 0, 1e-3);
  const x = (seconds: number) => (seconds / end) * width;
  return html`<svg class="timeline" viewBox="0 0 ${width} 44" preserveAspectRatio="none" role="img" aria-label="${spoken(picture, sound)}">
${picture && html`<rect class="film" x="${coordinate(x(picture.startSec))}" y="0" width="${coordinate(x(lengthOf(picture)))}" height="${lane}" rx="1"/>`}
<line class="axis" x1="0" x2="${width}" y1="${middle}" y2="${middle}"/>${sound && waveform(sound, x)}</svg>`;
}

function waveform(sound: SoundFacts, x: (seconds: number) => number): Html {
  const { envelope, startSec } = sound;
  const step = lengthOf(sound) / envelope.length;
  const bars = envelope.map((peak, part) => {
    const half = Math.max(0.3, (peak / 100) * reach);
    const at = coordinate(x(startSec + (part + 0.5) * step));
    return `M${at} ${coordinate(middle - half)}V${coordinate(middle + half)}`;
  });
  return html`<path class="wave" stroke-width="${coordinate(Math.max(1, 0.7 * x(step)))}" d="${bars.join("")}"/>`;
}

function spoken(picture: PictureFacts | null, sound: SoundFacts | null): string {
  const film = picture ? `${lengthOf(picture).toFixed(2)} s of picture` : "no picture";
  if (!sound) return `${film}, no sound`;
  const silent = Math.round(100 * sound.silentShare);
  return `${film}, ${lengthOf(sound).toFixed(2)} s of sound, peak ${decibels(sound.peak)}, ${silent} % silent`;
}
