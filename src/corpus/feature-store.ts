import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import { type ClipFeatures, featureDims, featuresVersion } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import type { ClipResult } from "./job.ts";
import type { ManifestRow } from "./manifest.ts";

/** Changes with the layout of a record. */
const recordVersion = "3";
/** Bytes of a record that hold the clip id (UTF-8, zero padded). */
const idBytes = 64;
/** Then the SHA-256 of the clip's file. */
const hashBytes = 32;
const headBytes = idBytes + hashBytes;

/** Features of a clip, and the hash (hex) of the file that they were taken from. */
export interface StoredFeatures extends ClipFeatures {
  content: string;
}

/**
 * Decoded features in one file: records of a fixed size, each an id, the hash of the clip's file and the
 * clip's two matrices as float32, in this machine's byte order. Appending is the only write, so a kill leaves
 * at most one cut record, which opening removes; of two records of one clip the later counts.
 */
export class FeatureStore {
  readonly file: string;
  private readonly options: FeatureOptions;
  private readonly videoLength: number;
  private readonly audioLength: number;

  /** The store of the rows' clips in a corpus folder, keyed by how they were made and by the options. */
  constructor(folder: string, rows: readonly ManifestRow[], options: FeatureOptions) {
    const dims = featureDims(options);
    this.file = join(folder, storeName(rows, options));
    this.options = options;
    this.videoLength = dims.video * options.videoTokens;
    this.audioLength = dims.audio * options.audioTokens;
  }

  private get recordBytes(): number {
    return headBytes + 4 * (this.videoLength + this.audioLength);
  }

  /** Everything stored, by clip id. */
  readAll(): Map<string, StoredFeatures> {
    const out = new Map<string, StoredFeatures>();
    if (!existsSync(this.file)) return out;
    const bytes = readFileSync(this.file);
    const records = Math.floor(bytes.length / this.recordBytes);
    if (records * this.recordBytes < bytes.length) {
      truncateSync(this.file, records * this.recordBytes);
    }
    for (let record = 0; record < records; record++) {
      const start = record * this.recordBytes;
      const id = bytes.toString("utf8", start, start + idBytes).replace(/\0+$/, "");
      const content = bytes.toString("hex", start + idBytes, start + headBytes);
      const at = bytes.byteOffset + start + headBytes;
      const video = new Float32Array(bytes.buffer, at, this.videoLength);
      const audio = new Float32Array(bytes.buffer, at + 4 * this.videoLength, this.audioLength);
      out.set(id, { content, ...this.shape(video, audio) });
    }
    return out;
  }

  /** Appends a job's result and gives its features back in shape. @throws where it brought none. */
  append({ id, features }: ClipResult): StoredFeatures {
    if (!features) throw new TypeError(`no features of clip '${id}' to store`);
    const record = Buffer.alloc(this.recordBytes);
    if (record.write(id, 0, idBytes, "utf8") !== Buffer.byteLength(id)) {
      throw new ConfigError("CLIP_ID", `clip id '${id}' is longer than ${idBytes} bytes`);
    }
    record.write(features.content, idBytes, "hex");
    record.set(bytesOf(features.video), headBytes);
    record.set(bytesOf(features.audio), headBytes + 4 * this.videoLength);
    mkdirSync(dirname(this.file), { recursive: true });
    const handle = openSync(this.file, "a");
    try {
      writeSync(handle, record);
    } finally {
      closeSync(handle);
    }
    return { content: features.content, ...this.shape(features.video, features.audio) };
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

function storeName(rows: readonly ManifestRow[], options: FeatureOptions): string {
  const made = rows.map(({ id, file, seed, factors, noise }) => [id, file, seed, factors, noise]);
  const key = canonicalJson({ record: recordVersion, version: featuresVersion, options, made });
  return `features-${sha256(key).slice(0, 16)}.bin`;
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
