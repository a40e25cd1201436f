import "../core/globals.ts";
import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUVJ420P,
  AV_SAMPLE_FMT_S16,
  Encoder,
  FF_ENCODER_MJPEG,
  FF_ENCODER_PCM_S16LE,
  Frame,
  Muxer,
} from "node-av";
import type { Clip } from "./clip.ts";

/** Test material: an avi file (motion JPEG, PCM), which the product reads but does not write. */
export async function writeAvi(path: string, clip: Clip): Promise<void> {
  const { video, audio } = clip;
  const timeBase = { num: 1, den: video.fps };
  const muxer = await Muxer.open(path);
  const videoEncoder = await Encoder.create(FF_ENCODER_MJPEG, {
    type: "video",
    width: video.width,
    height: video.height,
    pixelFormat: AV_PIX_FMT_YUVJ420P,
    timeBase,
    frameRate: { num: video.fps, den: 1 },
    bitrate: "4M",
    autoFormat: true,
  } as never);
  const audioEncoder = await Encoder.create(FF_ENCODER_PCM_S16LE, {
    type: "audio",
    sampleRate: audio.sampleRateHz,
    channelLayout: AV_CHANNEL_LAYOUT_MONO,
    sampleFormat: AV_SAMPLE_FMT_S16,
    timeBase: { num: 1, den: audio.sampleRateHz },
  } as never);
  const videoStream = muxer.addStream(videoEncoder);
  const audioStream = muxer.addStream(audioEncoder);
  const size = video.width * video.height * 3;
  const packets = [];
  for (let frame = 0; frame < video.frames; frame++) {
    const pixels = Buffer.from(video.data.subarray(frame * size, (frame + 1) * size));
    const image = Frame.fromVideoBuffer(pixels, {
      width: video.width,
      height: video.height,
      format: AV_PIX_FMT_RGB24,
      timeBase,
      pts: BigInt(frame),
    });
    for (const packet of await videoEncoder.encodeAll(image))
      packets.push({ packet, stream: videoStream });
  }
  for (const packet of await videoEncoder.encodeAll(null))
    packets.push({ packet, stream: videoStream });
  const words = Int16Array.from(audio.samples, (value) => Math.round(32767 * value));
  for (let start = 0; start < words.length; start += 1600) {
    const block = words.subarray(start, start + 1600);
    const sound = Frame.fromAudioBuffer(
      Buffer.from(block.buffer, block.byteOffset, block.byteLength),
      {
        nbSamples: block.length,
        format: AV_SAMPLE_FMT_S16,
        sampleRate: audio.sampleRateHz,
        channelLayout: AV_CHANNEL_LAYOUT_MONO,
        timeBase: { num: 1, den: audio.sampleRateHz },
        pts: BigInt(start),
      },
    );
    for (const packet of await audioEncoder.encodeAll(sound))
      packets.push({ packet, stream: audioStream });
  }
  for (const packet of await audioEncoder.encodeAll(null))
    packets.push({ packet, stream: audioStream });
  for (const { packet, stream } of packets) await muxer.writePacket(packet, stream);
  await muxer.close();
}
