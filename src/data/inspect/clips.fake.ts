import { writeFileSync } from "node:fs";
import { writeClip } from "../../media/write.ts";

/** What a small clip for tests holds. */
export interface FakeClip {
  seconds?: number;
  /** Of the sound, where it is longer or shorter. */
  soundSeconds?: number;
  width?: number;
  height?: number;
  fps?: number;
  picture?: "moving" | "still" | "black" | "none";
  sound?: "tone" | "silence" | "none";
  /** Other numbers, other content. */
  seed?: number;
}

/** Writes a small clip: a bar that wanders over grey, and a tone. */
export async function writeFakeClip(path: string, fake: FakeClip = {}): Promise<void> {
  const { seconds = 1, width = 64, height = 48, fps = 8, picture = "moving", seed = 0 } = fake;
  const frames = picture === "none" ? 0 : Math.round(seconds * fps);
  const data = new Uint8Array(frames * width * height * 3);
  for (let pixel = 0; picture !== "black" && pixel < data.length / 3; pixel++) {
    const frame = picture === "still" ? 0 : Math.floor(pixel / (width * height));
    const bar = Math.floor((pixel % width) / 8) === (frame + seed) % Math.ceil(width / 8);
    data.fill(bar ? 240 : 90 + (seed % 50), pixel * 3, pixel * 3 + 3);
  }
  const { sound = "tone", soundSeconds = seconds } = fake;
  const samples = Float32Array.from(
    { length: sound === "none" ? 0 : Math.round(soundSeconds * 16000) },
    (_, i) =>
      sound === "tone" ? 0.4 * Math.sin((2 * Math.PI * (300 + 40 * seed) * i) / 16000) : 0,
  );
  await writeClip(path, {
    video: { width, height, frames, fps, data },
    audio: { sampleRateHz: 16000, samples },
  });
}

/** A stereo WAV of one second: a tone, and on the other side the same tone times `factor`. */
export function writeStereo(path: string, factor: number): void {
  const samples = 16000;
  const bytes = Buffer.alloc(44 + 4 * samples);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  [16, 0x00020001, 16000, 64000, 0x00100004].forEach((value, at) => {
    bytes.writeUInt32LE(value, 16 + 4 * at);
  });
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(4 * samples, 40);
  for (let i = 0; i < samples; i++) {
    const value = Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 16000));
    bytes.writeInt16LE(value, 44 + 4 * i);
    bytes.writeInt16LE(Math.round(factor * value), 46 + 4 * i);
  }
  writeFileSync(path, bytes);
}
