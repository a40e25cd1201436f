import { buildMepItems, type ReferenceRow } from "./build.ts";
import { ruleExtractor } from "./extractors.ts";
import type { MepItems } from "./items.ts";
import { lexicalEmbedder } from "./lexical-embedder.ts";

const texts = [
  "In the video, the man smiles broadly, his eyebrows are raised. In the audio, his voice is loud. He is happy.",
  "In the video, she lowers her head, tears are in her eyes. In the audio, her voice trembles, she speaks slowly. She is sad.",
  "In the video, he frowns, his fists are clenched. In the audio, he shouts, his tone is harsh. He is angry.",
  "In the video, her eyes are wide open. In the audio, she speaks with a breathy voice. She is surprised.",
];

/** Four samples in words of our own; the second pair is told to conflict. */
export const fakeRows: readonly ReferenceRow[] = texts.map((text, index) => ({
  id: `s${index + 1}`,
  text,
  clip: `s${index + 1}.mp4`,
  subtitle: `line ${index + 1}`,
  congruent: index < 2,
}));

export const fakeSource = { name: "texts.csv", sha256: "0".repeat(64), rows: texts.length };

export const fakeItems = (rows: readonly ReferenceRow[] = fakeRows): Promise<MepItems> =>
  buildMepItems(rows, fakeSource, { extractor: ruleExtractor, embedder: lexicalEmbedder });
