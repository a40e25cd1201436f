import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUVJ420P,
  AVCOL_RANGE_JPEG,
  Codec,
  CodecContext,
  FF_ENCODER_MJPEG,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
  SWS_AREA,
} from "node-av";
import { MediaError } from "../core/errors.ts";
import type { Video } from "./clip.ts";
import { succeed } from "./ffmpeg.ts";

export interface JpegOptions {
  /** Longer side of a picture in pixels at most; smaller frames keep their size. */
  maxSide: number;
  /** FFmpeg's quantiser: 2 is near lossless, 31 the coarsest. */
  quantiser: number;
}

/** FFmpeg counts quality in 1/118 of a quantiser step. */
const qualityUnit = 118;

/**
 * One JPEG a frame, each a file of its own. The same frames give the same bytes.
 * @throws MediaError `MEDIA_WRITE` where the encoder fails.
 */
export function encodeJpegs(
  video: Video,
  options: JpegOptions = { maxSide: 512, quantiser: 4 },
): Uint8Array[] {
  if (video.frames === 0) return [];
  try {
    return encode(video, options);
  } catch (cause) {
    throw new MediaError("MEDIA_WRITE", `frames cannot be encoded as JPEG: ${String(cause)}`, {
      hint: "`oppo doctor` lists the codecs that work here",
      cause,
    });
  }
}

/** Size with the longer side at `maxSide` at most; even, for colour has half the resolution. */
export function fittedSize(
  { width, height }: { width: number; height: number },
  maxSide: number,
): { width: number; height: number } {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}

function encode(video: Video, { maxSide, quantiser }: JpegOptions): Uint8Array[] {
  const size = fittedSize(video, maxSide);
  const codec = Codec.findEncoderByName(FF_ENCODER_MJPEG);
  if (!codec) throw new Error("encoder mjpeg is missing");
  using context = new CodecContext();
  context.allocContext3(codec);
  context.width = size.width;
  context.height = size.height;
  context.pixelFormat = AV_PIX_FMT_YUVJ420P;
  context.colorRange = AVCOL_RANGE_JPEG;
  context.timeBase = new Rational(1, 25);
  context.threadCount = 1;
  context.setFlags(AV_CODEC_FLAG_BITEXACT, AV_CODEC_FLAG_QSCALE);
  context.globalQuality = quantiser * qualityUnit;
  succeed(context.open2Sync(), "open mjpeg");
  using rgb = picture(video, AV_PIX_FMT_RGB24);
  using yuv = picture(size, AV_PIX_FMT_YUVJ420P);
  yuv.colorRange = AVCOL_RANGE_JPEG;
  using scaler = new SoftwareScaleContext();
  const { width, height } = video;
  scaler.getContext(
    width,
    height,
    AV_PIX_FMT_RGB24,
    size.width,
    size.height,
    AV_PIX_FMT_YUVJ420P,
    SWS_AREA,
  );
  using packet = new Packet();
  packet.alloc();
  return Array.from({ length: video.frames }, (_, index) => {
    const bytes = width * height * 3;
    const { data } = video;
    const pixels = Buffer.from(data.buffer, data.byteOffset + index * bytes, bytes);
    succeed(rgb.fromBuffer(pixels), "copy pixels");
    succeed(yuv.makeWritable(), "make frame writable");
    succeed(scaler.scaleFrameSync(yuv, rgb), "convert to YUV");
    yuv.pts = BigInt(index);
    yuv.quality = quantiser * qualityUnit;
    succeed(context.sendFrameSync(yuv), "encode frame");
    succeed(context.receivePacketSync(packet), "receive packet");
    if (!packet.data) throw new Error("empty packet");
    return Uint8Array.from(packet.data);
  });
}

function picture(size: { width: number; height: number }, format: Frame["format"]): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = size.width;
  frame.height = size.height;
  frame.format = format;
  succeed(frame.allocBuffer(), "allocate frame");
  return frame;
}
