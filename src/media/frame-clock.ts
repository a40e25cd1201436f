import { AV_NOPTS_VALUE, type Frame, type Packet } from "node-av";
import { MediaError } from "../core/errors.ts";

/** What is known of a track's times before it is decoded. */
export interface FrameClockOptions {
  /** Stands in errors. */
  file: string;
  /** Length of the track's tick, in seconds. */
  tickSec: number;
  /** Where the file's time begins, in seconds. */
  startSec: number;
  /** The container says at most when a packet is decoded, never when its picture is shown. */
  untimed: boolean;
  /** The rate that the stream itself announces; asked once there are frames. */
  framesPerSec(): number | null;
}

/**
 * Says when a decoded frame is shown, in seconds from the file's start. Frames without a time of
 * their own get one: where pictures come only in order (AVI), the n-th shown takes the n-th time of
 * decoding; otherwise a frame begins where the one before it ends.
 */
export function frameClock({ file, tickSec, startSec, untimed, framesPerSec }: FrameClockOptions) {
  const decoding: bigint[] = [];
  let byOrder = untimed;
  let packets = 0;
  let next: number | null = null;

  const length = (frame: Frame): number => {
    if (frame.nbSamples > 0) return frame.nbSamples / frame.sampleRate;
    if (!untimed && frame.duration > 0n) return Number(frame.duration) * tickSec;
    const rate = framesPerSec();
    if (rate !== null) return 1 / rate;
    return Number(frame.duration) * tickSec;
  };

  const ticksOf = (frame: Frame): bigint => {
    if (!byOrder) return frame.bestEffortTimestamp;
    return decoding.shift() ?? AV_NOPTS_VALUE;
  };

  return {
    /** To be told of every packet before it is decoded. */
    sent({ pts, dts }: Packet): void {
      // A picture whose first packet has only a time of decoding: Matroska as AVI, old ASF.
      if (packets++ === 0 && pts === AV_NOPTS_VALUE && dts !== AV_NOPTS_VALUE) byOrder = true;
      if (byOrder && dts !== AV_NOPTS_VALUE) decoding.push(dts);
    },

    /** @throws MediaError `MEDIA_NO_TIMES` where neither a time nor a rate can be known. */
    shown(frame: Frame): { timeSec: number; durationSec: number } {
      const ticks = ticksOf(frame);
      const durationSec = length(frame);
      if (ticks === AV_NOPTS_VALUE && !(durationSec > 0)) throw noTimes(file);
      const timeSec: number =
        ticks === AV_NOPTS_VALUE ? (next ?? 0) : Number(ticks) * tickSec - startSec;
      next = timeSec + durationSec;
      return { timeSec, durationSec };
    },
  };
}

const noTimes = (file: string): MediaError =>
  new MediaError("MEDIA_NO_TIMES", "holds pictures without times, and no frame rate", {
    file,
    hint: "say how fast it is: ffmpeg -framerate 25 -i IN -c copy OUT.mp4",
  });
