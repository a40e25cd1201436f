import { z } from "zod";
import { maskModes } from "../prompt/masks.ts";

/** Size of the embedded omni-modal transformer. Defaults: about 190 000 parameters at 200 words. */
export const embeddedOptions = z.strictObject({
  width: z.int().min(8).max(1024).default(80).describe("Width of the residual stream."),
  layers: z.int().min(1).max(12).default(2).describe("Transformer blocks."),
  heads: z.int().min(1).max(16).default(4).describe("Attention heads."),
  headWidth: z.int().min(4).max(128).default(20).describe("Width of a head's keys and values."),
  maxTokens: z
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe("Longest completion, the end token included."),
  maxTextTokens: z.int().min(0).max(256).default(0).describe("Longest question, in tokens."),
});

export type EmbeddedOptions = z.infer<typeof embeddedOptions>;

export const executorNames = ["auto", "onnx", "jax"] as const;
export type ExecutorName = (typeof executorNames)[number];

/** Which engine runs the embedded policy. */
export const executorOptions = z.strictObject({
  name: z
    .enum(executorNames)
    .default("auto")
    .describe("onnx: native kernels; jax: WebAssembly; auto: onnx where it loads."),
  threads: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      "Threads; default: the available cores, at most 2. With 2, two halves of a batch run at once, with the same results as 1. More also divide operators, which rounds differently in the last bits.",
    ),
});

export type ExecutorOptions = z.infer<typeof executorOptions>;

/** Ways to hide a stream that need no other clip. */
const contrastMasks = maskModes.filter((mode) => mode !== "swap" && mode !== "ratio");

/** Contrastive decoding (VCD): the policy's words against those it would say with a stream hidden. */
export const contrastOptions = z.strictObject({
  hide: z.enum(["video", "audio", "both"]).describe("Stream that the counterpart has hidden."),
  mask: z
    .enum(contrastMasks)
    .default("noise")
    .describe("How: noise is VCD's; blank shows black frames or silence; drop nothing."),
  alpha: z.number().min(0).default(1).describe("Weight of the contrast; VCD takes 1."),
  beta: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe("Words below so much of the likeliest one's chance are not drawn; VCD takes 0.1."),
});

export type ContrastOptions = z.infer<typeof contrastOptions>;
