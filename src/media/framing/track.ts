import type { Box } from "./detector.ts";

/** One box per look that showed the face, or why there is no one face to follow. */
export type Track =
  | { kind: "face"; boxes: readonly Box[] }
  | { kind: "none" | "several" | "jumps"; why: string };

/** A second face in at most this share of the looks is a mistake of the detector. */
const strayShare = 1 / 8;

/**
 * Follows one face through looks at a film, in order of time. Refuses to guess: a clip in which a
 * face is found in less than half of the looks has `none`, one with two faces in more than one look
 * of eight has `several`, and where the face is suddenly elsewhere (a cut, or two people in turn)
 * it `jumps`. Boxes are smoothed by the median of three neighbours, which drops single misplaced
 * ones.
 */
export function followFace(looks: readonly (readonly Box[])[]): Track {
  const [seen, total] = [looks.filter((faces) => faces.length > 0), looks.length];
  if (2 * seen.length < total || total === 0) {
    const why =
      seen.length === 0
        ? `no face in ${total} frames looked at`
        : `a face in only ${seen.length} of ${total} frames looked at`;
    return { kind: "none", why };
  }
  const crowded = seen.filter((faces) => faces.length > 1);
  if (crowded.length > strayShare * total) {
    const most = Math.max(...crowded.map((faces) => faces.length));
    const why = `up to ${most} faces at once, in ${crowded.length} of ${total} frames looked at`;
    return { kind: "several", why };
  }
  const boxes = smoothed(chooseFaces(seen));
  const at = boxes.findIndex((box, index) => index > 0 && isElsewhere(boxes[index - 1]!, box));
  if (at > 0) {
    const why = `the face jumps between frames looked at (${at} and ${at + 1} of ${boxes.length})`;
    return { kind: "jumps", why: `${why}: a cut, or two people in turn` };
  }
  return { kind: "face", boxes };
}

/** One face per look: where there are two, the one nearer to those that stood alone. */
function chooseFaces(seen: readonly (readonly Box[])[]): Box[] {
  const alone = seen.filter((faces) => faces.length === 1).map((faces) => faces[0]!);
  const usual: Box = {
    x: median(alone.map(({ x }) => x)),
    y: median(alone.map(({ y }) => y)),
    width: median(alone.map(({ width }) => width)),
    height: median(alone.map(({ height }) => height)),
  };
  return seen.map((faces) =>
    faces.reduce((best, face) => (distance(face, usual) < distance(best, usual) ? face : best)),
  );
}

function smoothed(boxes: readonly Box[]): Box[] {
  return boxes.map((box, index) => {
    const near = [boxes[index - 1] ?? box, box, boxes[index + 1] ?? box];
    const middle = (key: keyof Box): number => median(near.map((one) => one[key]));
    return { x: middle("x"), y: middle("y"), width: middle("width"), height: middle("height") };
  });
}

/** No part of the face stands where it stood: people do not move so far between two looks. */
const isElsewhere = (a: Box, b: Box): boolean =>
  distance(a, b) > (Math.max(a.width, a.height) + Math.max(b.width, b.height)) / 2;

/** Between the centres. */
function distance(a: Box, b: Box): number {
  const x = a.x + a.width / 2 - b.x - b.width / 2;
  const y = a.y + a.height / 2 - b.y - b.height / 2;
  return Math.hypot(x, y);
}

/** The middle value; the lower of two. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
}
