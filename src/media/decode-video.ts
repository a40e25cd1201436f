import {
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_PIX_FMT_RGB24,
  type AVPixelFormat,
  Frame,
  SoftwareScaleContext,
  SWS_AREA,
  SWS_BILINEAR,
} from "node-av";
import type { Video } from "./clip.ts";
import type { FrameSink } from "./decode.ts";
import { succeed } from "./ffmpeg.ts";
import { orientationOf, oriented, type Picture } from "./orientation.ts";
import { regular } from "./regular.ts";
import { resizeImage } from "./scale.ts";

interface Size {
  width: number;
  height: number;
}

/** Which frames to keep, and their size in pixels; the film's own where not given. */
export interface VideoWanted {
  fps?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  /** Frames with a longer side are shrunk to it as they come. */
  maxSide?: number | undefined;
}

/** Containers round times: by less than this, in seconds. */
const timeSlack = 5e-4;
/** How long a last frame is shown is rounded more coarsely, in seconds. */
const endSlack = 1e-2;

/**
 * Collects the frames of a film as RGB, turned as the film says it is to be shown, in even steps of
 * time: where one stands long it is repeated, and the first one is shown from the start.
 */
export class VideoSink implements FrameSink {
  private readonly wanted: VideoWanted;
  private readonly converter: RgbConverter;
  private readonly frames: Uint8Array[] = [];
  private readonly times: number[] = [];
  private size: Size;
  /** The frame that is shown, where only those at certain times are kept. */
  private held: Frame | null = null;
  private readonly announcedEnd: number;
  private first: number | null = null;
  private last = 0;
  /**
   * End of the last frame, in seconds. Not of any frame: where pictures are reordered, containers
   * give a stall to another picture than the one that stands.
   */
  end = 0;

  /** @param announcedEnd as the track's: no frame is shown much longer. */
  constructor(wanted: VideoWanted, announcedEnd: number | null = null) {
    this.wanted = wanted;
    this.announcedEnd = announcedEnd ?? Number.POSITIVE_INFINITY;
    this.converter = new RgbConverter(
      wanted.maxSide === undefined ? undefined : within(wanted.maxSide),
    );
    this.size = { width: wanted.width ?? 0, height: wanted.height ?? 0 };
  }

  push(frame: Frame, timeSec: number, durationSec: number): void {
    this.first ??= timeSec;
    if (timeSec >= this.last) {
      const latest = Math.max(this.first + this.announcedEnd, 2 * timeSec - this.last);
      this.end = Math.min(timeSec + durationSec, latest);
      this.last = timeSec;
    }
    if (this.wanted.fps === undefined) {
      this.frames.push(this.converted(frame));
      this.times.push(timeSec);
      return;
    }
    this.keepUntil(timeSec - timeSlack, this.wanted.fps);
    this.held?.free();
    this.held = frame.clone();
  }

  finish(): void {
    const { fps } = this.wanted;
    if (fps === undefined) return;
    this.keepUntil(Math.max(this.last + timeSlack, this.end - endSlack), fps);
  }

  /** Keeps the frame that is shown once for every wanted time before `untilSec`. */
  private keepUntil(untilSec: number, fps: number): void {
    if (!this.held || this.frames.length / fps >= untilSec) return;
    const picture = this.converted(this.held);
    while (this.frames.length / fps < untilSec) this.frames.push(picture);
  }

  private converted(frame: Frame): Uint8Array {
    const picture = this.converter.convert(frame);
    if (this.size.width === 0) this.size = { width: picture.width, height: picture.height };
    return toSize(picture, this.size);
  }

  result(): Video {
    const { size, times, end, wanted } = this;
    const even = wanted.fps === undefined ? regular(times, end) : null;
    const frames = even ? even.shown.map((index) => this.frames[index]!) : this.frames;
    const data = new Uint8Array(frames.length * size.width * size.height * 3);
    frames.forEach((frame, index) => {
      data.set(frame, index * frame.length);
    });
    return { ...size, frames: frames.length, fps: even?.fps ?? this.frameRate(), data };
  }

  /** Frames per second of what was kept. */
  private frameRate(): number {
    const { times, end, wanted } = this;
    if (wanted.fps !== undefined && this.frames.length > 1) return wanted.fps;
    const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
    if (times.length > 1 && span > 0) return Math.round(((times.length - 1) / span) * 1000) / 1000;
    return end > 0 ? 1 / end : 1;
  }

  [Symbol.dispose](): void {
    this.held?.free();
    this.held = null;
    this.converter[Symbol.dispose]();
  }
}

function toSize(picture: Picture, size: Size): Uint8Array {
  if (picture.width === size.width && picture.height === size.height) return picture.data;
  const scaled = resizeImage(picture.data, { ...picture, stride: 3 }, { ...size, channels: 3 });
  return Uint8Array.from(scaled, Math.round);
}

/** A frame is scaled to lie within this many pixels, its shape kept. */
export interface Fit {
  width: number;
  height: number;
  /** Smaller frames are enlarged, too. */
  enlarge?: boolean;
}

/** Smaller ones keep their size. */
export const within = (side: number): Fit => ({ width: side, height: side });

/**
 * Turns frames of any pixel format, pixel shape and orientation into RGB with square pixels, and
 * fits them in the same step, so that a large film never stands in memory whole.
 */
export class RgbConverter implements Disposable {
  private readonly fit: Fit;
  private scaler: SoftwareScaleContext | null = null;
  private rgb: Frame | null = null;
  private geometry = "";

  constructor(fit: Fit = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }) {
    this.fit = fit;
  }

  convert(frame: Frame): Picture {
    const geometry = `${frame.width}×${frame.height} ${frame.format}`;
    if (geometry !== this.geometry) this.configure(frame, geometry);
    const rgb = this.rgb!;
    succeed(this.scaler!.scaleFrameSync(rgb, frame), "convert to RGB");
    const stored = { width: rgb.width, height: rgb.height, data: rgb.toBuffer() };
    const orientation = orientationOf(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX));
    return orientation ? oriented(stored, orientation) : stored;
  }

  private configure(frame: Frame, geometry: string): void {
    this[Symbol.dispose]();
    const square = squareSize(frame);
    const shown = shownSize(frame);
    const most = Math.min(this.fit.width / shown.width, this.fit.height / shown.height);
    const scale = this.fit.enlarge ? most : Math.min(1, most);
    const rgb = new Frame();
    rgb.alloc();
    rgb.format = AV_PIX_FMT_RGB24;
    rgb.width = Math.max(1, Math.round(square.width * scale));
    rgb.height = Math.max(1, Math.round(square.height * scale));
    succeed(rgb.allocBuffer(), "allocate frame");
    const scaler = new SoftwareScaleContext();
    scaler.getContext(
      frame.width,
      frame.height,
      frame.format as AVPixelFormat,
      rgb.width,
      rgb.height,
      AV_PIX_FMT_RGB24,
      scale < 1 ? SWS_AREA : SWS_BILINEAR,
    );
    this.scaler = scaler;
    this.rgb = rgb;
    this.geometry = geometry;
  }

  [Symbol.dispose](): void {
    this.scaler?.freeContext();
    this.rgb?.free();
    this.scaler = null;
    this.rgb = null;
    this.geometry = "";
  }
}

/** Size with square pixels, before turning. */
function squareSize({ width, height, sampleAspectRatio: { num, den } }: Frame): Size {
  const shape = num > 0 && den > 0 ? num / den : 1;
  return {
    width: shape > 1 ? Math.round(width * shape) : width,
    height: shape < 1 ? Math.round(height / shape) : height,
  };
}

/** Size in pixels as a player shows it. */
export function shownSize(frame: Frame): Size {
  const { width, height } = squareSize(frame);
  const orientation = orientationOf(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX));
  return orientation?.a === 0 ? { width: height, height: width } : { width, height };
}
