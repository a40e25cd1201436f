import { mkdirSync } from "node:fs";
import { dirname, extname } from "node:path";
import {
  FF_ENCODER_AAC,
  FF_ENCODER_FLAC,
  FF_ENCODER_LIBOPUS,
  FF_ENCODER_LIBVPX_VP8,
  FF_ENCODER_LIBX264,
  FF_ENCODER_PCM_S16LE,
} from "node-av";
import { MediaError } from "../core/errors.ts";
import type { Clip } from "./clip.ts";
import type { EncodedTrack } from "./encode.ts";
import { type AudioEncoderSettings, audioTrack } from "./encode-audio.ts";
import { type VideoEncoderSettings, videoTrack } from "./encode-video.ts";
import { type MuxerSettings, writeTracks } from "./mux.ts";

interface Container extends MuxerSettings {
  video: VideoEncoderSettings | null;
  audio: AudioEncoderSettings;
}

/**
 * H.264 as fast as libx264 goes, of constant quality: at quantiser 10 loss is not seen. No frame
 * depends on more than the one before it, none waits for later ones, and no rate is controlled:
 * nothing of one clip is carried into the next.
 */
const h264: VideoEncoderSettings = {
  encoder: FF_ENCODER_LIBX264,
  bitRate: 0,
  options: { preset: "ultrafast", tune: "zerolatency", qp: "10", "forced-idr": "1" },
  reusable: true,
};

/**
 * AAC with the one-pass coder, in a third of the two-loop coder's time, and without noise
 * substitution: what sounds like noise is evidence here, and each decoder would fill in its own.
 */
const aac: AudioEncoderSettings = {
  encoder: FF_ENCODER_AAC,
  bitRate: 48_000,
  options: { aac_coder: "fast", aac_pns: "0" },
};

/** Codecs that ordinary players and browsers open, per extension. */
const containers: Readonly<Record<string, Container>> = {
  ".mp4": { muxer: "mp4", options: { movflags: "+faststart" }, video: h264, audio: aac },
  ".webm": {
    muxer: "webm",
    options: {},
    video: {
      encoder: FF_ENCODER_LIBVPX_VP8,
      bitRate: 200_000,
      options: { deadline: "realtime", "cpu-used": "8" },
      reusable: false,
    },
    audio: { encoder: FF_ENCODER_LIBOPUS, bitRate: 48_000, options: {} },
  },
  ".mkv": {
    muxer: "matroska",
    options: {},
    video: h264,
    audio: { encoder: FF_ENCODER_FLAC, bitRate: 0, options: {} },
  },
  ".wav": {
    muxer: "wav",
    options: {},
    video: null,
    audio: { encoder: FF_ENCODER_PCM_S16LE, bitRate: 0, options: {} },
  },
};

/**
 * Writes a clip; the extension chooses the container (`.mp4`, `.webm`, `.mkv`, `.wav`). The file
 * appears whole or not at all, and the same clip gives the same bytes. A stream without frames or
 * samples gets no track. Sound stands where the picture is: the encoder's delay is marked in the
 * file, and players drop it.
 * @throws MediaError `MEDIA_CONTAINER` for another extension, `MEDIA_WRITE` where encoding fails:
 *   H.264 (mp4, mkv) takes even widths and heights only.
 */
export async function writeClip(path: string, clip: Clip): Promise<void> {
  const container = containers[extname(path).toLowerCase()];
  if (!container) {
    throw new MediaError("MEDIA_CONTAINER", `cannot write '${extname(path)}' files`, {
      file: path,
      hint: `use one of ${Object.keys(containers).join(", ")}`,
    });
  }
  const tracks: EncodedTrack[] = [];
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (clip.video.frames > 0 && container.video) {
      tracks.push(videoTrack(clip.video, container.video));
    }
    if (clip.audio.samples.length > 0) tracks.push(audioTrack(clip.audio, container.audio));
    writeTracks(path, container, tracks);
  } catch (cause) {
    throw new MediaError("MEDIA_WRITE", `cannot be encoded: ${String(cause)}`, {
      file: path,
      hint: "`oppo doctor` lists the codecs that work here",
      cause,
    });
  } finally {
    for (const track of tracks) track[Symbol.dispose]();
  }
}
