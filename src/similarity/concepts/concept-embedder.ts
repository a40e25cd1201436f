import { sha256 } from "../../core/files.ts";
import type { Embedder } from "../port.ts";
import { type Concept, conceptsOf, wordsOf } from "./concepts.ts";
import { aspects } from "./thesaurus.ts";

/** Share of the encoder in the cosine; the rest is agreement of concepts. */
const encoderShare = 0.5;
/** Share of the thing ("brows") in a concept's squared length; the rest is its state ("raised"). */
const aspectShare = 0.1;
/** State of a thing that is only named: no state, or naming everything would resemble every cue. */
const unsaid = "?";
/** Dimensions onto which words are hashed where the thesaurus knows none. */
const hashedWords = 256;

const features: ReadonlyMap<string, number> = new Map(
  Object.entries(aspects)
    .flatMap(([aspect, { states, voiced, alone }]) => [
      aspect,
      `${aspect}.${unsaid}`,
      ...new Set([states, voiced, alone].flatMap((lists) => stateNames(aspect, lists))),
    ])
    .map((feature, index) => [feature, index]),
);
const size = features.size + hashedWords;

/**
 * Adds a thesaurus to a sentence encoder. General encoders read phrases of two to four words mostly
 * by topic: USE-lite puts "raised brows" nearer to "lowered brows" (.86) than to "lifted eyebrows"
 * (.76). The vector gets a second part with one dimension per thing and state, so that the cosine
 * becomes
 *
 *     share · cosine of the encoder + (1 − share) · cosine of the concepts
 *
 * Where the thesaurus knows no word of a text, its words themselves are the second part. The same
 * treatment for cues and claims alike, of the text alone.
 */
export function withConcepts(inner: Embedder): Embedder {
  return {
    id: `${inner.id}+concepts-1`,
    async embed(texts) {
      const vectors = await inner.embed(texts);
      return vectors.map((vector, i) => concatenate(vector, conceptVector(texts[i] as string)));
    },
    ...(inner.close && { close: () => inner.close?.() ?? Promise.resolve() }),
  };
}

function concatenate(encoder: Float32Array, concepts: Float32Array): Float32Array {
  const out = new Float32Array(encoder.length + concepts.length);
  out.set(encoder.map((value) => value * Math.sqrt(encoderShare)));
  out.set(
    concepts.map((value) => value * Math.sqrt(1 - encoderShare)),
    encoder.length,
  );
  return out;
}

/** Unit vector of what a text says: concepts, or its words where none is known. */
export function conceptVector(text: string): Float32Array {
  const vector = new Float32Array(size);
  const concepts = conceptsOf(text);
  for (const concept of concepts) addConcept(vector, concept);
  if (concepts.length === 0) addWords(vector, text);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return vector.map((value) => value / length);
}

function addConcept(vector: Float32Array, { aspect, state, sign }: Concept): void {
  add(vector, features.get(aspect), Math.sqrt(aspectShare));
  add(vector, features.get(`${aspect}.${state ?? unsaid}`), sign * Math.sqrt(1 - aspectShare));
}

function addWords(vector: Float32Array, text: string): void {
  // A text of punctuation only is its own word: its vector still has a direction.
  const words = wordsOf(text);
  for (const word of words.length > 0 ? words : [text]) {
    const hash = Number.parseInt(sha256(word).slice(0, 8), 16);
    add(vector, features.size + (hash % hashedWords), 1);
  }
}

function add(vector: Float32Array, index: number | undefined, value: number): void {
  if (index !== undefined) vector[index] = (vector[index] as number) + value;
}

function stateNames(aspect: string, lists: Readonly<Record<string, string>> = {}): string[] {
  return Object.keys(lists).map((state) => `${aspect}.${state}`);
}
