/** Features of clips of any source, as a policy reads them. */
export { decodeStreams, readMedia } from "./decode.ts";
export type { FeatureSettings } from "./decode-rows.ts";
export { loadRowFeatures } from "./load.ts";
