import { SimilarityError } from "../../../core/errors.ts";
import { wordsOf } from "../../../cues/words.ts";
import type { Embedder } from "../../../similarity/port.ts";

const dimensions = 1024;

/**
 * Word overlap as an embedder: content-word stems and, at half weight, their letter trigrams,
 * hashed. It knows no synonyms and was trained on nothing: the plainest second opinion next to a
 * neural encoder.
 */
export const lexicalEmbedder: Embedder = {
  id: "lexical-1",
  async embed(texts) {
    return texts.map((text, index) => {
      if (text.trim() === "") {
        throw new SimilarityError("EMBEDDING_TEXT_EMPTY", `lexical-1: text ${index} is empty`);
      }
      return embed(text);
    });
  },
};

function embed(text: string): Float32Array {
  const vector = new Float32Array(dimensions);
  const words = wordsOf(text);
  const content = words.filter(({ stop }) => !stop);
  const features = (content.length > 0 ? content : words).flatMap(({ stems }) => [...stems]);
  // Marks alone are their own word: the vector still needs a direction.
  for (const word of features.length > 0 ? features : [text.trim()]) {
    add(vector, word, 1);
    for (let at = 0; at + 3 <= word.length; at++) add(vector, `~${word.slice(at, at + 3)}`, 0.5);
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** FNV-1a picks the dimension; weights only add, so cosines are never negative. */
function add(vector: Float32Array, feature: string, weight: number): void {
  let hash = 2166136261;
  for (let i = 0; i < feature.length; i++) {
    hash = Math.imul(hash ^ feature.charCodeAt(i), 16777619);
  }
  const index = (hash >>> 0) % dimensions;
  vector[index] = vector[index]! + weight;
}
