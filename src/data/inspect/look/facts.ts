import type { TrackInfo } from "../../../media/observe.ts";

/** Changes when the same file begins to give other facts: facts on disk are then found anew. */
export const factsVersion = "1";

/** What is seen in a file. Times in seconds from the file's start. */
export interface PictureFacts {
  startSec: number;
  /** End of the last frame. */
  endSec: number;
  frames: number;
  /** Frames per second, from the times of the first and the last frame. */
  fps: number;
  /** Size in pixels as a player shows it: square pixels, turned. */
  width: number;
  height: number;
  /** Share of the frames that are black: 98 % of the picture darker than a tenth of white. */
  blackShare: number;
  /** Longest stretch in which nothing moves, in seconds. */
  stillSec: number;
}

/** What is heard in a file. Times in seconds from the file's start; levels of full scale 1. */
export interface SoundFacts {
  startSec: number;
  endSec: number;
  /** Samples of one channel. */
  samples: number;
  rateHz: number;
  channels: number;
  /** Largest sample of any channel, and of their mean, which is what models hear. */
  peak: number;
  monoPeak: number;
  /** Root mean square of the channels, and of their mean. */
  rms: number;
  monoRms: number;
  /** Share of 20 ms windows below −60 dBFS in every channel. */
  silentShare: number;
  /** Share of samples at full scale. */
  clippedShare: number;
  /**
   * Peaks of the loudest channel in equal parts of the time, 0 to 100: what a waveform is drawn
   * from.
   */
  envelope: readonly number[];
}

/** Everything known about a file from its content alone. */
export interface FileFacts {
  bytes: number;
  /** Container, for example "mp4"; "" where it could not be opened. */
  container: string;
  tracks: readonly TrackInfo[];
  picture: PictureFacts | null;
  sound: SoundFacts | null;
  /** Why it can't be decoded to its end; what was decoded until then stands above. */
  failure: { code: string; message: string } | null;
}

/** Samples at or below this are digital silence (−80 dBFS), as for `readClip`. */
export const digitalSilence = 1e-4;
