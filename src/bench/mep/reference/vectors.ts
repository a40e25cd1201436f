import { dot } from "../../../core/vector.ts";
import type { Embedder } from "../../../similarity/port.ts";
import type { MepCue } from "./items.ts";

/** Unit vectors by text. */
export type CueVectors = ReadonlyMap<string, Float32Array>;

const batch = 512;

/** Embeds every distinct text once. @throws SimilarityError as the embedder does. */
export async function embedCues(
  cues: readonly Pick<MepCue, "text">[],
  embedder: Embedder,
): Promise<CueVectors> {
  const texts = [...new Set(cues.map(({ text }) => text))];
  const vectors = new Map<string, Float32Array>();
  for (let start = 0; start < texts.length; start += batch) {
    const part = texts.slice(start, start + batch);
    const rows = await embedder.embed(part);
    part.forEach((text, index) => {
      vectors.set(text, rows[index]!);
    });
  }
  return vectors;
}

/** Cosine of two texts. */
export const cosine = (a: string, b: string, vectors: CueVectors): number =>
  dot(vectors.get(a)!, vectors.get(b)!);

/** Largest cosine of a text to any of the others; −1 where there is none. */
export function closest(text: string, others: readonly string[], vectors: CueVectors): number {
  return Math.max(-1, ...others.map((other) => cosine(text, other, vectors)));
}
