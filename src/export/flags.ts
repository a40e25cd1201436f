import { resolveLossOptions } from "../loss/presets.ts";
import { needsJointPass, requiredPasses } from "../loss/terms.ts";
import type { SwiftOptions } from "./options.ts";

/** A command-line flag of ms-swift and its value. */
export type Flag = readonly [name: string, value: string | number | boolean];

/** Frames per second of training; the rollout server must take the same. */
const framesPerSec = 2;

/** Environment that trainer and rollout server must share: nothing in ms-swift compares them. */
export function environment({ training }: SwiftOptions): Record<string, string> {
  return {
    USE_AUDIO_IN_VIDEO: training.audio === "in-video" ? "true" : "false",
    ENABLE_AUDIO_OUTPUT: "false",
    FPS: String(framesPerSec),
    FPS_MAX_FRAMES: String(2 * Math.ceil((training.maxSeconds * framesPerSec) / 2)),
    VIDEO_MAX_PIXELS: String(training.framePixels),
  };
}

export const gpusPerNode = ({ training }: SwiftOptions): number => training.gpus / training.nodes;

/** Tokens of the longest prompt and response. */
export const contextTokens = ({ training }: SwiftOptions): number =>
  training.maxPromptTokens + training.maxCompletionTokens;

/**
 * Flags of `swift rlhf` that do not depend on where rollouts are made. Those with a reason: no
 * dropout, for passes that draw their own differ without any mask; non-reentrant checkpointing and
 * ZeRO-2, for a step has three forward passes; temperature as the losses assume; `delete`, for any
 * other truncation may cut into the media.
 */
export function trainingFlags(options: SwiftOptions): Flag[] {
  const { training } = options;
  const loss = resolveLossOptions(options.loss);
  const masked = requiredPasses(loss) !== "none" || needsJointPass(loss);
  return [
    ["rlhf_type", "grpo"],
    ...modelFlags(options),
    ["reward_funcs", "oppo"],
    ["loss_type", training.lossType],
    ["scale_rewards", options.reward.advantages.normalise === "none" ? "none" : "group"],
    ["beta", training.referenceKl],
    ["temperature", training.temperature],
    ["num_generations", training.numGenerations],
    ["max_completion_length", training.maxCompletionTokens],
    ...tunerFlags(options),
    ["deepspeed", "zero2"],
    ["gradient_checkpointing", true],
    ["gradient_checkpointing_kwargs", JSON.stringify({ use_reentrant: !masked })],
    ["per_device_train_batch_size", training.perDeviceBatch],
    ["gradient_accumulation_steps", training.gradientAccumulation],
    ["learning_rate", training.learningRate],
    ["num_train_epochs", training.epochs],
    ["warmup_ratio", 0.05],
    ["split_dataset_ratio", 0],
    ["dataloader_num_workers", 4],
    ["logging_steps", 1],
    ["save_steps", 50],
    ["save_total_limit", 2],
    ["log_completions", true],
  ];
}

/** Of every training, cold start and GRPO. `max_length` bounds what ms-swift encodes of a row. */
export const modelFlags = ({ training }: SwiftOptions): Flag[] => [
  ["model", training.model],
  ["model_type", training.modelType],
  ["max_length", training.maxPromptTokens],
  ["truncation_strategy", "delete"],
  ["freeze_vit", true],
  ["freeze_aligner", true],
  ["torch_dtype", "bfloat16"],
  ["attn_impl", "sdpa"],
];

export function tunerFlags({ training }: SwiftOptions): Flag[] {
  if (training.tuner === "full") return [["tuner_type", "full"]];
  return [
    ["tuner_type", "lora"],
    ["lora_rank", 16],
    ["lora_alpha", 32],
    ["lora_dropout", 0],
    ["target_modules", "all-linear"],
  ];
}

/** vLLM in the trainer's own processes. */
export const colocateFlags = (options: SwiftOptions): Flag[] => [
  ["use_vllm", true],
  ["vllm_mode", "colocate"],
  ["vllm_gpu_memory_utilization", 0.4],
  ["vllm_max_model_len", contextTokens(options)],
  ["sleep_level", 1],
];

/** Rollouts by `swift rollout` on GPUs of its own. */
export const serverFlags: readonly Flag[] = [
  ["use_vllm", true],
  ["vllm_mode", "server"],
  ["vllm_server_host", "127.0.0.1"],
  ["vllm_server_port", 8000],
];
