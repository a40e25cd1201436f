import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  Codec,
  CodecContext,
  type FFAudioEncoder,
  type FFVideoEncoder,
  type Frame,
  Packet,
} from "node-av";
import { succeed } from "./ffmpeg.ts";

/** An encoder of FFmpeg with its own options; `bitRate` 0 leaves the rate to the options. */
export interface EncoderSettings<Name> {
  encoder: Name;
  bitRate: number;
  options: Readonly<Record<string, string>>;
}

/** One stream on its way into a file. */
export interface EncodedTrack extends Disposable {
  context: CodecContext;
  /**
   * Encodes everything. The packet handed over is one object, reused; times are the context's
   * ticks.
   */
  encode(onPacket: (packet: Packet) => void): void;
}

/** A context with everything set that streams of all kinds share; not open yet. */
export function newContext(
  settings: EncoderSettings<FFVideoEncoder | FFAudioEncoder>,
): CodecContext {
  const codec = Codec.findEncoderByName(settings.encoder);
  if (!codec) throw new Error(`encoder ${settings.encoder} is missing`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.bitRate = BigInt(settings.bitRate);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_FLAG_BITEXACT);
  for (const [name, value] of Object.entries(settings.options)) {
    succeed(context.setOption(name, value), `option ${name} of ${settings.encoder}`);
  }
  return context;
}

/** Encodes frame after frame, each of `duration` ticks. A null frame ends the stream. */
export function encodeFrames(
  context: CodecContext,
  frames: Iterable<Frame | null>,
  duration: bigint,
  onPacket: (packet: Packet) => void,
): void {
  using packet = new Packet();
  packet.alloc();
  for (const frame of frames) {
    succeed(context.sendFrameSync(frame), "encode frame");
    for (;;) {
      const status = context.receivePacketSync(packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) break;
      succeed(status, "receive packet");
      // Not every encoder hands the frame's duration on; without it a file ends before its last
      // frame.
      if (packet.duration <= 0n) packet.duration = duration;
      onPacket(packet);
    }
  }
}
