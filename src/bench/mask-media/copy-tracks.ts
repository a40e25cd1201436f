import { renameSync, rmSync } from "node:fs";
import { AV_NOPTS_VALUE, AVFMT_FLAG_BITEXACT, FormatContext, type Packet } from "node-av";
import { MediaError } from "../../core/errors.ts";
import { succeed } from "../../media/ffmpeg.ts";
import { type MediaSource, openMedia, type Track, toSeconds } from "../../media/source.ts";

/** A track of a file, to be copied packet by packet. */
export interface TrackRequest {
  file: string;
  kind: "video" | "audio";
  /** Packets that begin later are left out. */
  untilSec?: number;
}

/**
 * Writes the tracks into one mp4 (Matroska where mp4 can't hold them; the name is not changed,
 * readers look at the content). Nothing is decoded: packets are the same bits. The file appears
 * whole or not at all.
 * @throws MediaError `MEDIA_NO_VIDEO`, `MEDIA_NO_AUDIO` where a file lacks the track; as
 *   `openMedia`.
 */
export function copyTracks(path: string, requests: readonly TrackRequest[]): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    try {
      copyInto(temporary, "mp4", requests);
    } catch (error) {
      if (error instanceof MediaError) throw error;
      copyInto(temporary, "matroska", requests);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

interface OpenTrack {
  source: MediaSource;
  track: Track;
  untilSec: number;
}

function copyInto(path: string, muxer: string, requests: readonly TrackRequest[]): void {
  const sources: MediaSource[] = [];
  const output = new FormatContext();
  try {
    const tracks = requests.map(({ file, kind, untilSec = Number.POSITIVE_INFINITY }) => {
      const source = openMedia(file);
      sources.push(source);
      return { source, track: needTrack(source, file, kind), untilSec };
    });
    succeed(output.allocOutputContext2(null, muxer, `file:${path}`), "open container");
    // Without it the time of writing stands in the file.
    output.setFlags(AVFMT_FLAG_BITEXACT);
    succeed(output.openOutputSync(), "open file");
    for (const { track } of tracks) {
      const stream = output.newStream();
      succeed(track.stream.codecpar.copy(stream.codecpar), "describe stream");
      // Tags belong to containers; the new one chooses its own.
      stream.codecpar.codecTag = 0;
      stream.timeBase = track.stream.timeBase;
    }
    succeed(output.writeHeaderSync(null), "write header");
    const timeBases = output.streams.map((stream) => stream.timeBase);
    tracks.forEach((track, index) => {
      for (const packet of ownPackets(track)) {
        packet.streamIndex = index;
        packet.rescaleTs(track.track.stream.timeBase, timeBases[index]!);
        succeed(output.interleavedWriteFrameSync(packet), "write packet");
      }
    });
    succeed(output.writeTrailerSync(), "write trailer");
    output.closeOutputSync();
  } finally {
    output.freeContext();
    for (const source of sources) source[Symbol.dispose]();
  }
}

function* ownPackets({ source, track, untilSec }: OpenTrack): Generator<Packet> {
  const tick = toSeconds(track.stream);
  const start = BigInt(Math.round(source.startSec / tick));
  let last: bigint | null = null;
  let step = 0n;
  for (const packet of source.packets()) {
    if (packet.streamIndex !== track.stream.index) continue;
    if (Number(packet.pts) * tick - source.startSec >= untilSec) continue;
    // Matroska need not say how long a picture is shown; an mp4 would end before its last one.
    if (last !== null && packet.dts > last) step = packet.dts - last;
    last = packet.dts === AV_NOPTS_VALUE ? last : packet.dts;
    if (packet.duration <= 0n) packet.duration = step;
    // Tracks of several files are to begin together, whatever number each begins with.
    if (packet.pts !== AV_NOPTS_VALUE) packet.pts -= start;
    if (packet.dts !== AV_NOPTS_VALUE) packet.dts -= start;
    yield packet;
  }
}

export function needTrack(source: MediaSource, file: string, kind: "video" | "audio"): Track {
  const track = source[kind];
  if (track) return track;
  throw new MediaError(kind === "video" ? "MEDIA_NO_VIDEO" : "MEDIA_NO_AUDIO", `no ${kind} track`, {
    file,
    hint: "this clip can't be asked about what it lacks; leave it out of the items",
  });
}
