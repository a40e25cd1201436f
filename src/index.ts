/**
 * The public surface: reward, loss, cues and media as pure functions; the policy port; the trainer;
 * the benchmark. Subpaths (`oppo/loss`, `oppo/rewards`, `oppo/cues`, `oppo/data`, `oppo/media`)
 * give each part alone.
 * @module
 */
export * as bench from "./bench/mep/oracle/index.ts";
export * as corpus from "./corpus/index.ts";
export * as cues from "./cues/index.ts";
export * as data from "./data/index.ts";
export * as loss from "./loss/index.ts";
export * as media from "./media/index.ts";
export { createEmbeddedPolicy, openEmbeddedPolicy } from "./policy/embedded/embedded-policy.ts";
export { openExecutor } from "./policy/embedded/open-executor.ts";
export type * from "./policy/port.ts";
export { type MaskMode, maskModes, maskPrompt } from "./prompt/masks.ts";
export { type Modality, modalities, type Prompt, type Stream } from "./prompt/prompt.ts";
export { type Tokenizer, WordTokenizer } from "./prompt/tokenizer.ts";
export * as rewards from "./rewards/index.ts";
export * as similarity from "./similarity/index.ts";
export { rlOptions, sftOptions } from "./trainer/options.ts";
export type { RlRun } from "./trainer/run.ts";
export { trainSft } from "./trainer/sft.ts";
export { trainRl } from "./trainer/train.ts";
