/** The synthetic audio-visual corpus: clips whose every cue is known. */
export {
  acousticFactors,
  type Emotion,
  emotions,
  factorNames,
  factorsOf,
  factorValues,
  modalityOf,
  prototypes,
  salientValues,
  visualFactors,
} from "./factors.ts";
export {
  type CorpusControls,
  corpusVersion,
  type GenerateControls,
  generateCorpus,
} from "./generate.ts";
export { emotionWords, type FactorClaim, phrases, readClaim, readEmotion } from "./lexicon.ts";
export { loadFeatures } from "./load-features.ts";
export { loadManifest } from "./load-manifest.ts";
export type { CorpusInfo, FactorName, ManifestRow, Split } from "./manifest.ts";
export { splits } from "./manifest.ts";
export { type CorpusOptions, corpusOptions } from "./options.ts";
export { planCorpus, renderClip } from "./plan.ts";
