import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { MediaError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { readClip } from "../../media/read.ts";
import { takesDonor } from "../../prompt/masks.ts";
import { type MaskRequest, writeMasked } from "./mask-clip.ts";

/** Changes when the same request begins to give other files. */
const maskVersion = "mask-2";

/**
 * Masked clips on disk, named by content: the same request is made once, in this run or the next.
 */
export interface MaskStore {
  /**
   * Path of the clip as the request describes it; the clip's own path where nothing is masked.
   * Every file is decoded once before it is used, so a damaged clip fails here and not in a score.
   * @throws MediaError as `writeMasked`, and for a clip that can't be decoded.
   */
  masked(request: MaskRequest): Promise<string>;
  /**
   * sha256 of a clip's bytes, once it has been found readable. @throws MediaError where it can't be
   * decoded.
   */
  hash(file: string): Promise<string>;
}

export function openMaskStore(folder: string): MaskStore {
  const hashes = new Map<string, Promise<string>>();
  const made = new Map<string, Promise<string>>();

  /** Hash of a file that was found to be readable. */
  const hashOf = (file: string) => remembered(hashes, file, () => checkedHash(file));

  async function make(request: MaskRequest): Promise<string> {
    const { file, video, audio, donors, seed } = request;
    const used = {
      ...(takesDonor(video) && donors?.video !== undefined && { video: donors.video }),
      ...(takesDonor(audio) && donors?.audio !== undefined && { audio: donors.audio }),
    };
    const key = {
      version: maskVersion,
      file: await hashOf(file),
      video,
      audio,
      donors: await Promise.all(Object.values(used).map(hashOf)),
      seed: [video, audio].includes("noise") ? seed : "",
    };
    if (video === "own" && audio === "own") return file;
    const path = join(folder, `${sha256(canonicalJson(key)).slice(0, 32)}.mp4`);
    if (existsSync(path)) return path;
    mkdirSync(folder, { recursive: true });
    await writeMasked(path, { ...request, donors: used });
    return path;
  }

  return {
    hash: hashOf,
    masked: (request) => remembered(made, canonicalJson(request), () => make(request)),
  };
}

function remembered(
  known: Map<string, Promise<string>>,
  key: string,
  make: () => Promise<string>,
): Promise<string> {
  const there = known.get(key) ?? make();
  known.set(key, there);
  return there;
}

/**
 * Decodes the whole file at a small size. One stream may be missing, for the request may not need
 * it.
 */
async function checkedHash(file: string): Promise<string> {
  const decode = (streams: { needVideo?: boolean; needAudio?: boolean }) =>
    readClip(file, { fps: 1, width: 16, height: 16, allowSilent: true, ...streams });
  try {
    await decode({});
  } catch (error) {
    const code = error instanceof MediaError ? error.code : "";
    if (code === "MEDIA_NO_VIDEO") await decode({ needVideo: false });
    else if (code === "MEDIA_NO_AUDIO") await decode({ needAudio: false });
    else throw error;
  }
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest("hex");
}
