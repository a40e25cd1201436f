import { type InspectedClip, lengthOf } from "./clip.ts";

export const swapStreams = ["visual", "acoustic"] as const;
export type SwapStream = (typeof swapStreams)[number];

/**
 * What two clips must share so that the stream of one can stand in for the other's, as text: for
 * the picture its size in pixels and the frames that ms-swift takes (two a second, an even number,
 * four at least), for the sound its length in hundredths of a second. Null where there is no such
 * stream.
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

/** A length and a size that few clips would have to change much for. */
export interface Alike {
  /** Median of the lengths, whole seconds, one at least. */
  seconds: number;
  /** The most frequent size in pixels; even, for H.264 takes no other. */
  width: number;
  height: number;
}

export function alikeOf(clips: readonly InspectedClip[]): Alike {
  const pictures = clips.flatMap(({ media }) => media?.picture ?? []);
  const lengths = pictures.map(lengthOf).sort((a, b) => a - b);
  const sizes = new Map<string, { count: number; width: number; height: number }>();
  for (const { width, height } of pictures) {
    const known = sizes.get(`${width}×${height}`) ?? { count: 0, width, height };
    sizes.set(`${width}×${height}`, { ...known, count: known.count + 1 });
  }
  const [usual] = [...sizes.values()].sort((a, b) => b.count - a.count);
  const even = (side: number | undefined, otherwise: number) =>
    Math.max(2, 2 * Math.round((side ?? otherwise) / 2));
  return {
    seconds: Math.max(1, Math.round(lengths[Math.floor(lengths.length / 2)] ?? 5)),
    width: even(usual?.width, 320),
    height: even(usual?.height, 240),
  };
}

/** The command, whole, that makes the clips of a list equal; `--videos` where the list needs it. */
export const cutAlike = ({ seconds, width, height }: Alike): string =>
  `\`oppo export clips --seconds ${seconds} --size ${width}x${height} --references LIST --out equal.jsonl\` makes clips equal`;
