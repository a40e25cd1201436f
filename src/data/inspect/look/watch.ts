import type { Video } from "../../../media/clip.ts";
import type { ShownFrame } from "../../../media/observe.ts";
import type { PictureFacts } from "./facts.ts";

/**
 * Pixels darker than this are black, and a frame with so many of them is black (FFmpeg's
 * blackdetect).
 */
const blackLevel = 0.1 * 255;
const blackPixels = 0.98;
/** A cell of the picture moves when its mean brightness changes by so much (of 255). */
const moveLevel = 2;
/** Side of a cell in pixels of the shrunk frame. */
const cellSide = 8;
/** Frames kept for the contact sheet before every second one is let go. */
const mostKept = 12;

/** Sees frame after frame and keeps a dozen small ones at most. */
export interface PictureWatch {
  see(frame: ShownFrame): void;
  /** Null where there was no frame. */
  facts(): PictureFacts | null;
  /** `count` frames spread over the film, of one size; fewer where there are fewer. */
  shots(count: number): Video | null;
}

interface Kept {
  timeSec: number;
  data: Uint8Array;
}

export function watchPicture(): PictureWatch {
  let kept: Kept[] = [];
  let stride = 1;
  let size = { width: 0, height: 0 };
  let shown = { width: 0, height: 0 };
  let [frames, black, first, last, end] = [0, 0, 0, 0, 0];
  let still: { cells: Float32Array; sinceSec: number; longestSec: number } = {
    cells: new Float32Array(0),
    sinceSec: 0,
    longestSec: 0,
  };

  const keep = ({ picture, timeSec }: ShownFrame): void => {
    if (frames % stride !== 0) return;
    if (picture.width !== size.width || picture.height !== size.height) return;
    kept.push({ timeSec, data: picture.data });
    if (kept.length <= mostKept) return;
    kept = kept.filter((_, index) => index % 2 === 0);
    stride *= 2;
  };

  const see = (frame: ShownFrame): void => {
    const { picture, timeSec, durationSec } = frame;
    const { cells, darkShare } = cellsOf(picture);
    if (frames === 0) {
      size = { width: picture.width, height: picture.height };
      shown = { width: frame.width, height: frame.height };
      first = timeSec;
      still = { cells, sinceSec: timeSec, longestSec: 0 };
    }
    keep(frame);
    frames++;
    if (darkShare >= blackPixels) black++;
    last = timeSec;
    // Of the last frame: where pictures are reordered, another one may be given a stall's length.
    end = timeSec + durationSec;
    still.longestSec = Math.max(still.longestSec, timeSec - still.sinceSec);
    if (moved(still.cells, cells)) still = { ...still, cells, sinceSec: timeSec };
  };

  const facts = (): PictureFacts | null => {
    if (frames === 0) return null;
    const fps = frames > 1 && last > first ? (frames - 1) / (last - first) : 0;
    // Not every container tells how long its last frame is shown.
    const endSec = end > last || fps === 0 ? end : last + 1 / fps;
    return {
      startSec: millis(first),
      endSec: millis(endSec),
      frames,
      fps: millis(fps),
      ...shown,
      blackShare: millis(black / frames),
      stillSec: millis(Math.max(still.longestSec, endSec - still.sinceSec)),
    };
  };

  const shots = (count: number): Video | null => {
    if (kept.length === 0) return null;
    const wanted = Array.from(
      { length: count },
      (_, k) => first + ((k + 0.5) / count) * (end - first),
    );
    const chosen = [...new Set(wanted.map((time) => nearest(kept, time)))];
    const data = new Uint8Array(chosen.length * size.width * size.height * 3);
    for (const [index, frame] of chosen.entries()) data.set(frame.data, index * frame.data.length);
    return { ...size, frames: chosen.length, fps: 1, data };
  };

  return { see, facts, shots };
}

const millis = (value: number): number => Math.round(value * 1000) / 1000;

function nearest(kept: readonly Kept[], timeSec: number): Kept {
  const distance = (one: Kept) => Math.abs(one.timeSec - timeSec);
  return kept.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

/** Mean brightness of cells, row by row, and the share of pixels that are black. */
function cellsOf({ width, height, data }: ShownFrame["picture"]): {
  cells: Float32Array;
  darkShare: number;
} {
  const columns = Math.ceil(width / cellSide);
  const sums = new Float32Array(columns * Math.ceil(height / cellSide));
  const counts = new Float32Array(sums.length);
  let dark = 0;
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / cellSide) * columns;
    for (let x = 0; x < width; x++, at += 3) {
      const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      const cell = row + Math.floor(x / cellSide);
      sums[cell]! += luma;
      counts[cell]!++;
      if (luma < blackLevel) dark++;
    }
  }
  return {
    cells: sums.map((sum, cell) => sum / counts[cell]!),
    darkShare: dark / (width * height),
  };
}

function moved(from: Float32Array, to: Float32Array): boolean {
  return from.length !== to.length || from.some((value, i) => Math.abs(value - to[i]!) > moveLevel);
}
