/** Reading and writing clips, and the features a policy reads. */
export { type MediaCapability, mediaCapabilities } from "./capabilities.ts";
export type { Audio, Clip, Video } from "./clip.ts";
export {
  blankFeatures,
  type ClipFeatures,
  clipFeatures,
  type FeatureStream,
  featureDims,
  featureReading,
  featuresVersion,
} from "./features.ts";
export { type LogMel, logMel, type MelOptions } from "./mel.ts";
export { type FeatureOptions, featureOptions } from "./options.ts";
export { type ReadOptions, readClip } from "./read.ts";
export { writeClip } from "./write.ts";
