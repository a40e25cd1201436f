import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readClip } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-sound-"));

/** A mono WAV of float32 samples. */
function wav(rateHz: number, samples: readonly number[]): string {
  const bytes = Buffer.alloc(44 + 4 * samples.length);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(3, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(4 * rateHz, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(4 * samples.length, 40);
  samples.forEach((value, at) => void bytes.writeFloatLE(value, 44 + 4 * at));
  const file = join(folder, "t.wav");
  writeFileSync(file, bytes);
  return file;
}

const read = (rateHz: number, samples: readonly number[]) =>
  readClip(wav(rateHz, samples), { needVideo: false, allowSilent: true });
const tone = Array.from({ length: 5000 }, (_, at) => Math.sin(at / 5));

it("reads sound of common rates", async () => {
  for (const rate of [8000, 48_000]) {
    expect((await read(rate, tone)).audio.samples.length).toBeGreaterThan(1000);
  }
});

it.each([1, 100, 999, 2_000_000])("refuses sound of %d Hz, with the limits", async (rate) => {
  await expect(read(rate, tone)).rejects.toThrow(/samples a second \(sound of 1000 to 768000 Hz/);
});

it.each([
  ["infinities", Number.POSITIVE_INFINITY],
  ["minus infinities", Number.NEGATIVE_INFINITY],
  ["NaN", Number.NaN],
])("refuses sound that holds %s", async (_, value) => {
  await expect(read(16_000, tone.with(4000, value))).rejects.toThrow(/t\.wav: its sound holds inf/);
});
