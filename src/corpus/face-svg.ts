/** Everything the drawing of one frame depends on. Lengths are in units of the 64 × 64 canvas. */
export interface Pose {
  /** Brow height above rest, positive is up. */
  browLift: number;
  /** Inner brow ends: positive up (slanted, worried), negative down and inward (furrowed). */
  browInner: number;
  /** Vertical opening of the eyes, 1 at rest. */
  eyeOpen: number;
  /** Share of the eye that the upper lid covers from above, 0 at rest. */
  lidDrop: number;
  /** Mouth corners above (smile) or below (frown) its centre. */
  mouthCurve: number;
  /** Half height of the open mouth. */
  mouthOpen: number;
  headX: number;
  headY: number;
  /** Roll in degrees. */
  headTilt: number;
  gazeX: number;
  gazeY: number;
}

/** What stays the same through a clip: who is filmed. */
export interface Persona {
  skin: string;
  shade: string;
  hair: string;
  iris: string;
  shirt: string;
  background: string;
  /** Half width and half height of the head. */
  width: number;
  height: number;
  /** Hair falls down to here. */
  hairLength: number;
  browThickness: number;
}

/** Draws one frame as SVG on a 64 × 64 canvas. */
export function faceSvg(pose: Pose, persona: Persona, size: number): string {
  const { skin, shade, hair, shirt, background, width, height } = persona;
  const move = `translate(${n(pose.headX)} ${n(pose.headY)}) rotate(${n(pose.headTilt)} 32 40)`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 64 64">`,
    `<rect width="64" height="64" fill="${background}"/>`,
    `<ellipse cx="32" cy="70" rx="25" ry="14" fill="${shirt}"/>`,
    `<g transform="${move}">`,
    `<rect x="26" y="50" width="12" height="12" fill="${shade}"/>`,
    `<ellipse cx="32" cy="${n(31 + persona.hairLength / 2)}" rx="${n(width + 3)}" ry="${n(height + 2 + persona.hairLength / 2)}" fill="${hair}"/>`,
    `<ellipse cx="32" cy="34" rx="${n(width)}" ry="${n(height)}" fill="${skin}"/>`,
    fringe(persona),
    eye(-1, pose, persona),
    eye(1, pose, persona),
    brow(-1, pose, persona),
    brow(1, pose, persona),
    `<path d="M32 33 L30.5 41 L33.5 41" fill="none" stroke="${shade}" stroke-width="1.4"/>`,
    mouth(pose),
    "</g></svg>",
  ].join("");
}

/**
 * The hair over the forehead: along the skull, back along the hairline, well above raised brows.
 */
function fringe({ width, height, hair }: Persona): string {
  const [left, right] = [n(32 - width - 0.5), n(32 + width + 0.5)];
  const skull = `A${n(width + 1)} ${n(height + 1)} 0 0 1 ${right} 25`;
  return `<path d="M${left} 25 ${skull} Q32 ${n(34 - height * 1.5)} ${left} 25Z" fill="${hair}"/>`;
}

function eye(side: -1 | 1, pose: Pose, persona: Persona): string {
  const x = 32 + side * 9.5;
  const y = 32;
  const open = Math.max(0.4, 4.2 * pose.eyeOpen);
  const ellipse = `cx="${x}" cy="${y}" rx="6.4" ry="${n(open)}"`;
  const iris = `cx="${n(x + pose.gazeX)}" cy="${n(y + pose.gazeY)}"`;
  const lid = 2 * open * pose.lidDrop;
  return [
    `<clipPath id="eye${side}"><ellipse ${ellipse}/></clipPath>`,
    `<ellipse ${ellipse} fill="#fff" stroke="#222" stroke-width="0.9"/>`,
    `<g clip-path="url(#eye${side})">`,
    `<circle ${iris} r="3.3" fill="${persona.iris}"/><circle ${iris} r="1.7" fill="#000"/>`,
    `<rect x="${x - 7}" y="${n(y - open - 1)}" width="14" height="${n(lid + 1)}" fill="${persona.shade}" stroke="#222" stroke-width="0.9"/></g>`,
  ].join("");
}

function brow(side: -1 | 1, pose: Pose, persona: Persona): string {
  const furrow = Math.max(0, -pose.browInner);
  const innerX = 32 + side * (4.5 - furrow * 0.6);
  const outerX = 32 + side * 16;
  const y = 23.5 - pose.browLift;
  const inner = y - pose.browInner;
  const outer = y + 1 + Math.max(0, pose.browInner) * 0.5;
  return `<path d="M${n(innerX)} ${n(inner)} Q${n(32 + side * 10)} ${n(y - 1.6)} ${n(outerX)} ${n(outer)}" fill="none" stroke="${persona.hair}" stroke-width="${n(persona.browThickness)}" stroke-linecap="round"/>`;
}

function mouth({ mouthCurve, mouthOpen }: Pose): string {
  const y = 48;
  const half = 8.5 + Math.max(0, mouthCurve) * 0.5 - mouthOpen * 0.35;
  const corner = y - mouthCurve;
  const upper = y + mouthCurve * 0.55 - mouthOpen;
  const lower = y + mouthCurve * 0.9 + mouthOpen * 1.7;
  const [left, right] = [n(32 - half), n(32 + half)];
  const shape = `M${left} ${n(corner)} Q32 ${n(upper)} ${right} ${n(corner)} Q32 ${n(lower)} ${left} ${n(corner)}Z`;
  return `<path d="${shape}" fill="#4a1520" stroke="#9c3b45" stroke-width="1.5" stroke-linejoin="round"/>`;
}

const n = (value: number): string => value.toFixed(2);
