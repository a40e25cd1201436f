import { extname } from "node:path";
import {
  FF_ENCODER_AAC,
  FF_ENCODER_LIBMP3LAME,
  FF_ENCODER_LIBX264,
  FF_ENCODER_MPEG4,
} from "node-av";
import type { Clip } from "../../src/media/clip.ts";
import { type AudioEncoderSettings, audioTrack } from "../../src/media/encode-audio.ts";
import { type VideoEncoderSettings, videoTrack } from "../../src/media/encode-video.ts";
import { type MuxerSettings, writeTracks } from "../../src/media/mux.ts";
import { writeClip } from "../../src/media/write.ts";

/** What people's folders hold; one codec pair each, the usual one. */
export const containers = ["mp4", "mkv", "webm", "avi", "mov"] as const;
export type Container = (typeof containers)[number];

interface Foreign extends MuxerSettings {
  video: VideoEncoderSettings;
  audio: AudioEncoderSettings;
}

/** Containers that the product reads but does not write. */
const foreign: Readonly<Record<string, Foreign>> = {
  ".avi": {
    muxer: "avi",
    options: {},
    video: {
      encoder: FF_ENCODER_MPEG4,
      bitRate: 800_000,
      options: { qmin: "2", qmax: "6" },
      reusable: false,
    },
    audio: { encoder: FF_ENCODER_LIBMP3LAME, bitRate: 64_000, options: {} },
  },
  ".mov": {
    muxer: "mov",
    options: {},
    video: {
      encoder: FF_ENCODER_LIBX264,
      bitRate: 0,
      // With B-frames, as cameras and editors write them.
      options: { preset: "superfast", qp: "16", bf: "2", b_strategy: "0" },
      reusable: false,
    },
    audio: { encoder: FF_ENCODER_AAC, bitRate: 64_000, options: {} },
  },
};

/** Writes a clip in any of `containers`, or as `.wav`. Same clip, same bytes. */
export async function writeForeign(path: string, clip: Clip): Promise<void> {
  const container = foreign[extname(path)];
  if (!container) {
    await writeClip(path, clip);
    return;
  }
  const tracks = [
    ...(clip.video.frames > 0 ? [videoTrack(clip.video, container.video)] : []),
    ...(clip.audio.samples.length > 0 ? [audioTrack(clip.audio, container.audio)] : []),
  ];
  try {
    writeTracks(path, container, tracks);
  } finally {
    for (const track of tracks) track[Symbol.dispose]();
  }
}
