import { type InspectedClip, lengthOf } from "./clip.ts";

export const swapStreams = ["visual", "acoustic"] as const;
export type SwapStream = (typeof swapStreams)[number];

/**
 * What two clips must share so that the stream of one can stand in for the other's, as text: for the picture
 * its size in pixels and the frames that ms-swift takes (two a second, an even number, four at least), for
 * the sound its length in hundredths of a second. Null where there is no such stream.
 */
export function swapShape({ media }: InspectedClip, stream: SwapStream): string | null {
  const { picture = null, sound = null } = media ?? {};
  if (stream === "acoustic") return sound && `${lengthOf(sound).toFixed(2)} s`;
  if (!picture) return null;
  // A container rounds times: half a hundredth of a second makes no frame fewer.
  const frames = Math.max(4, 2 * Math.floor(lengthOf(picture) + 5e-3));
  return `${picture.width}×${picture.height} pixels and ${frames} frames`;
}

/** Shapes of one stream over a list. */
export interface SwapShapes {
  /** The one that most clips have; null where no clip has the stream. */
  usual: string | null;
  /** Clips of the usual shape, and of any. */
  equal: number;
  clips: number;
  /** How many shapes there are. */
  shapes: number;
}

export function swapShapes(clips: readonly InspectedClip[], stream: SwapStream): SwapShapes {
  const counts = new Map<string, number>();
  let total = 0;
  for (const clip of clips) {
    const shape = swapShape(clip, stream);
    if (shape === null) continue;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
    total++;
  }
  const [usual, equal] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [null, 0];
  return { usual, equal, clips: total, shapes: counts.size };
}

/** The command that makes the clips of a list equal, at the length and size that most of them have. */
export function cutAlike({ visual, acoustic }: Record<SwapStream, SwapShapes>): string {
  const [, width, height] = visual.usual?.match(/^(\d+)×(\d+)/) ?? [null, "320", "240"];
  const seconds = Math.max(1, Math.round(Number.parseFloat(acoustic.usual ?? "5")));
  // H.264 takes even sides only.
  const even = (side: string | undefined) => Math.max(2, 2 * Math.round(Number(side) / 2));
  return `\`oppo export clips --seconds ${seconds} --size ${even(width)}x${even(height)}\` makes clips equal`;
}
