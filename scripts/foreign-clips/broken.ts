import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import type { Clip } from "../../src/media/clip.ts";

/** What is wrong with a clip, and what spoils a good one. */
export interface Fault {
  /** Name of the file without its ending; tells what is wrong. */
  name: string;
  /** Spoils the clip before it is written. */
  clip?: (clip: Clip) => Clip;
  /** Spoils the written film. */
  file?: (path: string) => void;
  /** There is no film to write: makes what stands in its place. */
  instead?: (path: string) => void;
}

export const faults: readonly Fault[] = [
  { name: "zero bytes", instead: (path) => writeFileSync(path, "") },
  {
    name: "no sound track",
    clip: ({ video, audio }) => ({ video, audio: { ...audio, samples: new Float32Array(0) } }),
  },
  {
    name: "silent",
    clip: ({ video, audio }) => ({
      video,
      audio: { ...audio, samples: new Float32Array(audio.samples.length) },
    }),
  },
  {
    name: "black",
    clip: ({ video, audio }) => ({
      video: { ...video, data: new Uint8Array(video.data.length) },
      audio,
    }),
  },
  {
    name: "truncated",
    file: (path) => truncateSync(path, Math.floor(readFileSync(path).length * 0.6)),
  },
  { name: "x", instead: (path) => mkdirSync(path) },
];
