import type { Embedder } from "../../similarity/port.ts";

const places = new Map<string, number>();
const width = 256;

/** An embedder whose cosines can be counted by hand: shared words ÷ √(words × words). */
export const bagOfWords: Embedder = {
  id: "bag of words",
  embed: async (texts) => texts.map(vectorOf),
};

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(width);
  const words = new Set(text.toLowerCase().match(/[a-z-]+/g) ?? []);
  for (const word of words) {
    if (!places.has(word)) places.set(word, places.size);
    vector[places.get(word)! % width] = 1 / Math.sqrt(words.size);
  }
  return vector;
}
