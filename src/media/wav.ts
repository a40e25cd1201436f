import type { Audio } from "./clip.ts";

/** A WAV file of 16-bit mono samples, in memory. */
export function encodeWav({ samples, sampleRateHz }: Audio): Uint8Array {
  const header = 44;
  const bytes = Buffer.alloc(header + 2 * samples.length);
  bytes.write("RIFF", 0, "latin1");
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8, "latin1");
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(2 * sampleRateHz, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36, "latin1");
  bytes.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((value, index) => {
    const scaled = Math.max(-32768, Math.min(32767, Math.round(32768 * value)));
    bytes.writeInt16LE(scaled, header + 2 * index);
  });
  return bytes;
}
