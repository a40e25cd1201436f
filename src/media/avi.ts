import "../core/globals.ts";
import { AvFrameAudioSampleResource, AvFrameVideoSampleResource } from "@mediabunny/server";
import { AudioSample, VideoSample } from "mediabunny";
import { Decoder, Demuxer, type Frame, Rational, type Stream } from "node-av";
import type { MediaSource, Track } from "./source.ts";

/** Opens an avi file (IEMOCAP, older MER sets) with FFmpeg's demuxer: mediabunny does not read avi. */
export async function openAvi(path: string): Promise<MediaSource> {
  const demuxer = await Demuxer.open(path);
  const video = demuxer.video();
  const audio = demuxer.audio();
  return {
    video: video ? aviTrack(path, video, toVideoSample) : null,
    audio: audio ? aviTrack(path, audio, (frame) => toAudioSample(frame)) : null,
    [Symbol.asyncDispose]: () => demuxer.close(),
  };
}

function aviTrack<Sample>(
  path: string,
  stream: Stream,
  convert: (frame: Frame, stream: Stream) => Sample,
): Track<Sample> {
  const { num, den } = stream.timeBase;
  return {
    announcedEnd: stream.duration > 0n ? (Number(stream.duration) * num) / den : null,
    async *samples() {
      // A demuxer is read once; every track gets its own so that they can be read in any order.
      const demuxer = await Demuxer.open(path);
      try {
        const own = demuxer.getStream(stream.index);
        if (!own) return;
        using decoder = await Decoder.create(own);
        for await (const frame of decoder.frames(demuxer.packets(stream.index))) {
          if (frame) yield convert(frame, own);
        }
      } finally {
        await demuxer.close();
      }
    },
  };
}

function toVideoSample(frame: Frame, stream: Stream): VideoSample {
  const { num, den } = frame.timeBase.den > 0 ? frame.timeBase : stream.timeBase;
  // Old avi files leave the pixel shape open, which mediabunny does not take for square.
  if (frame.sampleAspectRatio.num === 0) frame.sampleAspectRatio = new Rational(1, 1);
  const seconds = (ticks: bigint): number => (Number(ticks) * num) / den;
  return new VideoSample(new AvFrameVideoSampleResource(frame), {
    timestamp: seconds(frame.bestEffortTimestamp),
    duration: seconds(frame.duration),
  });
}

function toAudioSample(frame: Frame): AudioSample {
  return new AudioSample(new AvFrameAudioSampleResource(frame));
}
