/** A decoded clip. What every media adapter produces and every feature extractor reads. */
export interface Clip {
  video: Video;
  audio: Audio;
}

/**
 * Raw frames, RGB, row-major: `data[((frame * height + y) * width + x) * 3 + channel]`, 0 to 255.
 */
export interface Video {
  width: number;
  height: number;
  frames: number;
  fps: number;
  data: Uint8Array;
}

/** Mono samples in [−1, 1]. */
export interface Audio {
  sampleRateHz: number;
  samples: Float32Array;
}
