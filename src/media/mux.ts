import { renameSync, rmSync } from "node:fs";
import { AVFMT_FLAG_BITEXACT, Dictionary, FormatContext } from "node-av";
import type { EncodedTrack } from "./encode.ts";
import { succeed } from "./ffmpeg.ts";

/** A container format by FFmpeg's name, with options of its muxer. */
export interface MuxerSettings {
  muxer: string;
  options: Readonly<Record<string, string>>;
}

/** Encodes the tracks into one file, which appears whole or not at all. Same input, same bytes. */
export function writeTracks(
  path: string,
  settings: MuxerSettings,
  tracks: readonly EncodedTrack[],
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mux(temporary, settings, tracks);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function mux(path: string, settings: MuxerSettings, tracks: readonly EncodedTrack[]): void {
  const output = new FormatContext();
  succeed(output.allocOutputContext2(null, settings.muxer, `file:${path}`), "open container");
  try {
    // Without it the time of writing stands in the file.
    output.setFlags(AVFMT_FLAG_BITEXACT);
    succeed(output.openOutputSync(), "open file");
    for (const { context } of tracks) {
      const stream = output.newStream();
      succeed(stream.codecpar.fromContext(context), "describe stream");
      stream.timeBase = context.timeBase;
    }
    using options = Dictionary.fromObject(settings.options);
    succeed(output.writeHeaderSync(options), "write header");
    // The muxer chooses its own time bases when the header is written.
    const timeBases = output.streams.map((stream) => stream.timeBase);
    tracks.forEach((track, index) => {
      track.encode((packet) => {
        packet.streamIndex = index;
        packet.rescaleTs(track.context.timeBase, timeBases[index]!);
        succeed(output.interleavedWriteFrameSync(packet), "write packet");
      });
    });
    succeed(output.writeTrailerSync(), "write trailer");
    output.closeOutputSync();
  } finally {
    output.freeContext();
  }
}
