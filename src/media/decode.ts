import {
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVMEDIA_TYPE_VIDEO,
  Codec,
  CodecContext,
  FF_COMPLIANCE_STRICT,
  Frame,
  type Packet,
  Rational,
} from "node-av";
import { succeed } from "./ffmpeg.ts";
import { frameClock } from "./frame-clock.ts";
import { type MediaSource, type Track, toSeconds } from "./source.ts";

/**
 * Decoded pieces of one track, in presentation order. Times are in seconds from the file's start.
 */
export interface FrameSink extends Disposable {
  /** The frame is one object, reused. */
  push(frame: Frame, timeSec: number, durationSec: number): void;
  /** Called once, after the last frame. */
  finish?(): void;
}

/** A track that is decoded into a sink. */
export interface Decoded {
  track: Track;
  sink: FrameSink;
}

/** Packets between two turns of the event loop: a long film must not stop everything else. */
const packetsPerTurn = 256;

/**
 * Packets of a track come in the order of decoding: shown times may lie so much apart, in seconds.
 */
const reorderSec = 1;

/**
 * Decodes the given tracks of a file in one pass, and stops once all of them have passed
 * `untilSec`.
 * @returns the end of the last packet of any track, in seconds.
 */
export async function decodeTracks(
  source: MediaSource,
  decoded: readonly Decoded[],
  untilSec: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  const decoders = new Map<number, TrackDecoder>();
  const ticks = new Map(source.streams.map((stream) => [stream.index, toSeconds(stream)]));
  const open = new Set(decoded.map(({ track }) => track.stream.index));
  let end = 0;
  let count = 0;
  try {
    for (const one of decoded) {
      decoders.set(one.track.stream.index, new TrackDecoder(one, source));
    }
    for (const packet of source.packets()) {
      end = Math.max(end, packetEnd(packet, ticks.get(packet.streamIndex) ?? 0) - source.startSec);
      decoders.get(packet.streamIndex)?.decode(packet);
      if (packetTime(packet, ticks) - source.startSec > untilSec + reorderSec) {
        open.delete(packet.streamIndex);
        if (open.size === 0) break;
      }
      if (++count % packetsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const decoder of decoders.values()) decoder.decode(null);
    for (const { sink } of decoded) sink.finish?.();
    return end;
  } finally {
    for (const decoder of decoders.values()) decoder[Symbol.dispose]();
  }
}

function packetTime({ pts, streamIndex }: Packet, ticks: ReadonlyMap<number, number>): number {
  return pts === AV_NOPTS_VALUE ? 0 : Number(pts) * (ticks.get(streamIndex) ?? 0);
}

function packetEnd({ pts, duration }: Packet, tickSec: number): number {
  return pts === AV_NOPTS_VALUE ? 0 : Number(pts + duration) * tickSec;
}

/** These hold packets in the order of decoding and never say when a picture is shown. */
const untimedContainers = /^(avi|h264|hevc|m4v|mpegvideo)$/;

class TrackDecoder implements Disposable {
  private readonly context: CodecContext;
  private readonly frame: Frame = new Frame();
  private readonly sink: FrameSink;
  private readonly clock: ReturnType<typeof frameClock>;

  constructor({ track, sink }: Decoded, { path, container, startSec }: MediaSource) {
    const { codecpar, timeBase } = track.stream;
    const picture = codecpar.codecType === AVMEDIA_TYPE_VIDEO;
    const untimed = picture && untimedContainers.test(container);
    this.sink = sink;
    const codec = Codec.findDecoder(codecpar.codecId);
    if (!codec) throw new Error(`no decoder for codec ${codecpar.codecId}`);
    this.context = new CodecContext();
    this.context.allocContext3(codec);
    succeed(codecpar.toContext(this.context), "describe stream");
    this.context.pktTimebase = timeBase;
    // A raw stream's reader puts 25 where nothing is said; what the pictures say comes in decoding.
    if (untimed && container !== "avi") this.context.framerate = new Rational(0, 1);
    this.clock = frameClock({
      tickSec: toSeconds(track.stream),
      file: path,
      startSec,
      untimed,
      framesPerSec: () => {
        const { num, den } = this.context.framerate;
        return num > 0 && den > 0 ? num / den : null;
      },
    });
    this.context.threadCount = 1;
    // Films whose B-frames are not announced come in order only so.
    succeed(this.context.setOption("strict", String(FF_COMPLIANCE_STRICT)), "choose strictness");
    succeed(this.context.open2Sync(), "open decoder");
    this.frame.alloc();
  }

  /** null: the end, which brings out what the decoder holds back. */
  decode(packet: Packet | null): void {
    if (packet) this.clock.sent(packet);
    succeed(this.context.sendPacketSync(packet), "decode");
    for (;;) {
      const status = this.context.receiveFrameSync(this.frame);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      succeed(status, "receive frame");
      const { timeSec, durationSec } = this.clock.shown(this.frame);
      this.sink.push(this.frame, timeSec, durationSec);
      this.frame.unref();
    }
  }

  [Symbol.dispose](): void {
    this.sink[Symbol.dispose]();
    this.frame.free();
    this.context.freeContext();
  }
}
