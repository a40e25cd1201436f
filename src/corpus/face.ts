import { Resvg } from "@resvg/resvg-js";
import type { Rng } from "../core/rng.ts";
import type { Video } from "../media/clip.ts";
import { type Activations, strength } from "./activation.ts";
import { faceSvg, type Persona, type Pose } from "./face-svg.ts";
import type { RenderOptions } from "./options.ts";

/**
 * There is no text to draw, and looking for system fonts takes ten times as long as the drawing.
 */
const withoutFonts = { font: { loadSystemFonts: false } };

/**
 * Draws a face whose factors come and go as `activations` say: clean frames, before any
 * degradation.
 * @param who draws the person filmed: the same for every clip of one person.
 */
export function drawFace(
  activations: Activations,
  options: RenderOptions,
  rng: Rng,
  who: Rng = rng,
): Video {
  const { size, frames, fps } = options;
  const persona = drawPersona(who.fork("persona"));
  const sway = drawSway(rng.fork("sway"));
  const data = new Uint8Array(frames * size * size * 3);
  for (let frame = 0; frame < frames; frame++) {
    const share = (frame + 0.5) / frames;
    const pose = poseAt(activations, share, frame / fps, sway);
    const pixels = new Resvg(faceSvg(pose, persona, size), withoutFonts).render().pixels;
    for (let i = 0, at = frame * size * size * 3; i < pixels.length; i += 4) {
      data[at++] = pixels[i]!;
      data[at++] = pixels[i + 1]!;
      data[at++] = pixels[i + 2]!;
    }
  }
  return { width: size, height: size, frames, fps, data };
}

/** Where the head rests and how it drifts: nobody sits still, and no two clips are framed alike. */
interface Sway {
  x: number;
  y: number;
  tilt: number;
  phase: number;
  beat: number;
  blinkAt: number;
}

function drawSway(rng: Rng): Sway {
  return {
    x: rng.uniform(-1, 1),
    y: rng.uniform(-0.8, 0.8),
    tilt: rng.uniform(-1.5, 1.5),
    phase: rng.uniform(0, 2 * Math.PI),
    beat: rng.uniform(1.5, 2),
    blinkAt: rng.uniform(0, 1),
  };
}

function poseAt(activations: Activations, share: number, seconds: number, sway: Sway): Pose {
  const on = (factor: keyof Activations, value: number): number =>
    strength(activations[factor], value, share);
  const beat = Math.sin(2 * Math.PI * sway.beat * seconds + sway.phase);
  const drift = Math.sin(2 * Math.PI * 0.4 * seconds + sway.phase);
  const blink = Math.abs(share - sway.blinkAt) < 0.03 ? 0.6 : 0;
  const eyeOpen = 1 + 0.6 * on("eyes", 1) - 0.66 * on("eyes", 2) - blink;
  return {
    browLift: 4.2 * on("brows", 1) - 2 * on("brows", 2) + 0.8 * on("brows", 3),
    browInner: -4 * on("brows", 2) + 4 * on("brows", 3),
    eyeOpen: Math.max(0.1, eyeOpen),
    lidDrop: 0.08 + 0.62 * on("eyes", 3),
    mouthCurve: 4.6 * on("mouth", 1) - 4.6 * on("mouth", 2),
    mouthOpen: 0.5 + 5 * on("mouth", 3),
    headX: sway.x + 0.3 * drift + 2 * on("head", 2) * beat,
    headY: sway.y + 0.2 * drift + 1.9 * on("head", 1) * beat,
    headTilt: sway.tilt + 10 * on("head", 3),
    gazeX: 3.1 * on("gaze", 1),
    gazeY: 2.6 * on("gaze", 2) - 2.6 * on("gaze", 3),
  };
}

const skins = [
  ["#f6d7c3", "#dcb49c"],
  ["#eec1a0", "#cf9d7a"],
  ["#d9a27c", "#b98059"],
  ["#b47a52", "#945f3c"],
  ["#8a5a3b", "#6d442b"],
] as const;
const hairs = ["#1d1712", "#3b2616", "#5a3a1e", "#2b2b30", "#6b3a1e"] as const;
const irises = ["#3b5d7a", "#4a3520", "#3f6b3f", "#2d2620"] as const;
const shirts = ["#3b5b92", "#8a3c4a", "#3f7a5a", "#666a73", "#b08a3a"] as const;
const backgrounds = ["#cfd8dc", "#b7c4cc", "#d8d0c4", "#a9b8a9", "#c4bccf"] as const;

function drawPersona(rng: Rng): Persona {
  const [skin, shade] = rng.pick(skins);
  return {
    skin,
    shade,
    hair: rng.pick(hairs),
    iris: rng.pick(irises),
    shirt: rng.pick(shirts),
    background: rng.pick(backgrounds),
    width: rng.uniform(19, 21),
    height: rng.uniform(23.5, 25),
    hairLength: rng.pick([0, 2, 12]),
    browThickness: rng.uniform(1.7, 2.5),
  };
}
