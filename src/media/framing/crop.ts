import type { Video } from "../clip.ts";
import type { Box } from "./detector.ts";

/** A square of whole pixels, from the picture's top left corner. */
export interface Square {
  x: number;
  y: number;
  side: number;
}

/**
 * The one square of a clip: it covers the boxes of all looks, and between two looks a face that
 * moves evenly too, since a rectangle that holds both ends holds the way. No margin is added: the
 * detector's boxes hold hair and chin already. The square is moved into the picture as far as it
 * fits.
 */
export function squareAround(
  boxes: readonly Box[],
  picture: { width: number; height: number },
): Square {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const side = Math.ceil(Math.max(right - left, bottom - top));
  return {
    x: within((left + right - side) / 2, picture.width - side),
    y: within((top + bottom - side) / 2, picture.height - side),
    side,
  };
}

/** A start between 0 and `room`; centred on the picture where the square is larger than it. */
const within = (start: number, room: number): number =>
  Math.round(room < 0 ? room / 2 : Math.min(room, Math.max(0, start)));

/**
 * Cuts the square out of every frame. Beyond the edge the picture's outermost pixels are repeated.
 */
export function cropVideo(video: Video, { x, y, side }: Square): Video {
  const { width, height, frames } = video;
  const data = new Uint8Array(frames * side * side * 3);
  const first = Math.max(0, x);
  const last = Math.min(width, x + side);
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < side; row++) {
      const line = Math.min(height - 1, Math.max(0, y + row));
      const from = (frame * height + line) * width * 3;
      const to = (frame * side + row) * side * 3;
      data.set(video.data.subarray(from + first * 3, from + last * 3), to + (first - x) * 3);
      repeat(data, to, first - x, 0, first - x);
      repeat(data, to, last - 1 - x, last - x, side);
    }
  }
  return { ...video, width: side, height: side, data };
}

/** Writes the pixel at column `of` of a line into columns `from` up to `to`. */
function repeat(data: Uint8Array, line: number, of: number, from: number, to: number): void {
  for (let column = from; column < to; column++) {
    data.copyWithin(line + 3 * column, line + 3 * of, line + 3 * of + 3);
  }
}
