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
import type { Audio, Clip, Video } from "./clip.ts";

/** Test material: an avi file (motion JPEG, PCM), which the product reads but does not write. */
export async function writeAvi(path: string, { video, audio }: Clip): Promise<void> {
  const muxer = await Muxer.open(path);
  const videoEncoder = await Encoder.create(FF_ENCODER_MJPEG, {
    type: "video",
    width: video.width,
    height: video.height,
    pixelFormat: AV_PIX_FMT_YUVJ420P,
    timeBase: { num: 1, den: video.fps },
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
  for (const frame of [...videoFrames(video), null]) {
    for (const packet of await videoEncoder.encodeAll(frame)) {
      await muxer.writePacket(packet, videoStream);
    }
  }
  for (const frame of [...audioFrames(audio), null]) {
    for (const packet of await audioEncoder.encodeAll(frame)) {
      await muxer.writePacket(packet, audioStream);
    }
  }
  await muxer.close();
}

function videoFrames({ width, height, frames, fps, data }: Video): Frame[] {
  const size = width * height * 3;
  return Array.from({ length: frames }, (_, frame) =>
    Frame.fromVideoBuffer(Buffer.from(data.subarray(frame * size, (frame + 1) * size)), {
      width,
      height,
      format: AV_PIX_FMT_RGB24,
      timeBase: { num: 1, den: fps },
      pts: BigInt(frame),
    }),
  );
}

function audioFrames({ samples, sampleRateHz }: Audio): Frame[] {
  const words = Int16Array.from(samples, (value) => Math.round(32767 * value));
  const block = 1600;
  return Array.from({ length: Math.ceil(words.length / block) }, (_, index) => {
    const part = words.slice(index * block, (index + 1) * block);
    return Frame.fromAudioBuffer(Buffer.from(part.buffer), {
      nbSamples: part.length,
      format: AV_SAMPLE_FMT_S16,
      sampleRate: sampleRateHz,
      channelLayout: AV_CHANNEL_LAYOUT_MONO,
      timeBase: { num: 1, den: sampleRateHz },
      pts: BigInt(index * block),
    });
  });
}
