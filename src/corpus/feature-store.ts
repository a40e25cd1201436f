import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { type ClipFeatures, featureDims } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";

/** Bytes of a record that hold the clip id (UTF-8, zero padded). */
const idBytes = 64;

/**
 * Decoded features in one file: records of a fixed size, each an id and the clip's two matrices as float32
 * of this machine's byte order. Appending is the only write, so a kill leaves at most one cut record, which
 * opening removes.
 */
export class FeatureStore {
  readonly file: string;
  private readonly options: FeatureOptions;
  private readonly videoLength: number;
  private readonly audioLength: number;

  constructor(file: string, options: FeatureOptions) {
    const dims = featureDims(options);
    this.file = file;
    this.options = options;
    this.videoLength = dims.video * options.videoTokens;
    this.audioLength = dims.audio * options.audioTokens;
    mkdirSync(dirname(file), { recursive: true });
  }

  private get recordBytes(): number {
    return idBytes + 4 * (this.videoLength + this.audioLength);
  }

  /** Everything stored, by clip id. */
  readAll(): Map<string, ClipFeatures> {
    const out = new Map<string, ClipFeatures>();
    if (!existsSync(this.file)) return out;
    const bytes = readFileSync(this.file);
    const records = Math.floor(bytes.length / this.recordBytes);
    if (records * this.recordBytes < bytes.length) {
      truncateSync(this.file, records * this.recordBytes);
    }
    for (let record = 0; record < records; record++) {
      const start = record * this.recordBytes;
      const id = bytes.toString("utf8", start, start + idBytes).replace(/\0+$/, "");
      const at = bytes.byteOffset + start + idBytes;
      const video = new Float32Array(bytes.buffer, at, this.videoLength);
      const audio = new Float32Array(bytes.buffer, at + 4 * this.videoLength, this.audioLength);
      out.set(id, this.shape(video, audio));
    }
    return out;
  }

  /** Appends one clip and gives its features back in shape. */
  append(id: string, video: Float32Array, audio: Float32Array): ClipFeatures {
    const record = Buffer.alloc(this.recordBytes);
    if (record.write(id, 0, idBytes, "utf8") !== Buffer.byteLength(id)) {
      throw new ConfigError("CLIP_ID", `clip id '${id}' is longer than ${idBytes} bytes`);
    }
    record.set(bytesOf(video), idBytes);
    record.set(bytesOf(audio), idBytes + 4 * this.videoLength);
    const handle = openSync(this.file, "a");
    try {
      writeSync(handle, record);
    } finally {
      closeSync(handle);
    }
    return this.shape(video, audio);
  }

  private shape(video: Float32Array, audio: Float32Array): ClipFeatures {
    const dims = featureDims(this.options);
    const { videoTokens, audioTokens } = this.options;
    return {
      video: { features: video, tokens: videoTokens, dim: dims.video },
      audio: { features: audio, tokens: audioTokens, dim: dims.audio },
    };
  }
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
