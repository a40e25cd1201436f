import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { openRowLog } from "../../core/row-log.ts";
import { featureDims, featuresVersion } from "../../media/features.ts";
import type { Framing } from "../../media/framing/frame-video.ts";
import type { FeatureOptions } from "../../media/options.ts";
import type { StreamName } from "./streams.ts";

/** Changes with the layout of a record. */
const recordVersion = "4";
/** Bytes at the start of a record: the SHA-256 of the media that the features were taken from. */
const headBytes = 32;

/** Decoded streams of one clip, [tokens × dim] each; those that were not asked for are absent. */
export type DecodedStreams = Partial<Record<StreamName, Float32Array>>;

/** What was decoded of one clip. */
export interface Decoded {
  /** `mediaContent` of the files. */
  content: string;
  decoded: DecodedStreams;
  /** How the picture was framed; absent where all of it was to be looked at. */
  framing?: Framing;
}

/** Decoded features on disk, by content of the media. */
export interface FeatureStore {
  file: string;
  /** What is stored of the given contents. */
  read(contents: ReadonlySet<string>): Map<string, DecodedStreams>;
  /** How the stored pictures were framed, by content. */
  framings: ReadonlyMap<string, Framing>;
  append(clip: Decoded): void;
}

/**
 * The store of a folder for these options and streams: one file of records of a fixed size, each
 * the hash of the media and the matrices as float32, in this machine's byte order. Clips are known
 * by what is in their files, so a name may have any length and a changed file is decoded again.
 * Appending is the only write: a kill leaves at most one cut record, which opening removes.
 */
export function openFeatureStore(
  folder: string,
  options: FeatureOptions,
  stored: readonly StreamName[],
): FeatureStore {
  const made = decisive(options);
  const key = canonicalJson({
    record: recordVersion,
    version: featuresVersion,
    options: made,
    stored,
  });
  const file = join(folder, `features-${sha256(key).slice(0, 16)}.bin`);
  const lengths = stored.map((stream) => [stream, streamLength(options, stream)] as const);
  const floats = lengths.reduce((sum, [, length]) => sum + length, 0);
  const recordBytes = headBytes + 4 * floats;
  mkdirSync(folder, { recursive: true });
  removeCutRecord(file, recordBytes);
  const framingFile = made.framing === "face" ? file.replace(/bin$/, "framing.jsonl") : undefined;
  const log = openRowLog<FramedContent>(framingFile, (row) => row as FramedContent);
  const framings = new Map(log.rows.map(({ content, framing }) => [content, framing]));

  const read = (contents: ReadonlySet<string>): Map<string, DecodedStreams> => {
    const out = new Map<string, DecodedStreams>();
    for (const [content, values] of recordsOf(file, recordBytes, contents)) {
      let at = 0;
      const decoded: DecodedStreams = {};
      for (const [stream, length] of lengths) {
        decoded[stream] = values.subarray(at, at + length);
        at += length;
      }
      out.set(content, decoded);
    }
    return out;
  };

  const append = ({ content, decoded, framing }: Decoded): void => {
    // First, so that a kill leaves no features whose framing is not known.
    if (framing) {
      log.append([{ content, framing }]);
      framings.set(content, framing);
    }
    const record = Buffer.alloc(recordBytes);
    record.write(content, 0, "hex");
    let at = headBytes;
    for (const [stream, length] of lengths) {
      const values = decoded[stream];
      if (values?.length !== length) throw new TypeError(`no ${stream} features to store`);
      record.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
      at += values.byteLength;
    }
    appendFileSync(file, record);
  };

  return { file, read, framings, append };
}

/** A line of `features-<hash>.framing.jsonl`. */
interface FramedContent {
  content: string;
  framing: Framing;
}

/**
 * What of the options decides about features: a way of framing that is spelt out and the one that
 * is taken without a word are the same, and features stored before there was a choice are found.
 */
function decisive({ framing, faceMissing, ...others }: FeatureOptions): FeatureOptions {
  if (framing !== "face") return others;
  return { ...others, framing, faceMissing: faceMissing ?? "refuse" };
}

function streamLength(options: FeatureOptions, stream: StreamName): number {
  return featureDims(options)[stream] * options[`${stream}Tokens`];
}

function removeCutRecord(file: string, recordBytes: number): void {
  if (!existsSync(file)) return;
  const handle = openSync(file, "r");
  const { size } = fstatSync(handle);
  closeSync(handle);
  if (size % recordBytes !== 0) truncateSync(file, size - (size % recordBytes));
}

/** The wanted records, read one by one: the file may be larger than what fits into one buffer. */
function* recordsOf(
  file: string,
  recordBytes: number,
  wanted: ReadonlySet<string>,
): Generator<[content: string, values: Float32Array]> {
  if (!existsSync(file)) return;
  const head = Buffer.alloc(headBytes);
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    for (let at = 0; at < size; at += recordBytes) {
      readSync(handle, head, 0, headBytes, at);
      const content = head.toString("hex");
      if (!wanted.has(content)) continue;
      const values = new Float32Array((recordBytes - headBytes) / 4);
      readSync(handle, new Uint8Array(values.buffer), 0, values.byteLength, at + headBytes);
      yield [content, values];
    }
  } finally {
    closeSync(handle);
  }
}
