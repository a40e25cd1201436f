import { z } from "zod";
import { lossConfigSchema } from "../loss/options.ts";
import { masksAt, type PluginMask, ratioUnits } from "../prompt/masks.ts";
import { rewardOptions } from "../rewards/options.ts";
import { decomposerOptions, judgeOptions } from "../service/decomposer/options.ts";
import { serviceOptions } from "../service/options.ts";
import { embedderOptions } from "../similarity/options.ts";
import { runPresetNames } from "./presets.ts";

/** What a mask kind was called in files written before one table named them all. */
const renamed =
  (before: string, now: PluginMask) =>
  (value: unknown): unknown =>
    value === before ? now : value;

const masks = z.strictObject({
  visual: z
    .preprocess(renamed("black", "blank"), z.enum(masksAt("plugin", "video")))
    .default("blank")
    .describe(
      "what hides the video: black frames, another clip's video, a share at random, mean colour",
    ),
  acoustic: z
    .preprocess(renamed("silence", "blank"), z.enum(masksAt("plugin", "audio")))
    .default("blank")
    .describe("what hides the sound: silence, another clip's sound, a share at random"),
  schedule: z
    .enum(["both", "alternate"])
    .default("both")
    .describe("masked passes per step: both, or one modality a step at half the cost"),
  ratio: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe("ratio masks: share of the processor's tensor that is set to zero; 1 hides all"),
  unit: z
    .enum(ratioUnits)
    .default("element")
    .describe("ratio masks: every number by itself, whole frames, or one block of time"),
  seed: z.int().min(0).default(1).describe("ratio masks: what they are drawn by"),
});

const guards = z.strictObject({
  canarySteps: z
    .int()
    .min(1)
    .default(3)
    .describe("first steps in which hiding a modality must change log-probs"),
  maxEmptyRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("largest share of empty completions in a batch"),
  constantRewardGroups: z
    .int()
    .min(1)
    .default(32)
    .describe("groups after which the run stops if no group so far had two different rewards"),
  zeroGradSteps: z.int().min(1).default(2).describe("steps in a row with gradient norm 0"),
  maxRolloutLogpGap: z
    .number()
    .positive()
    .default(0.2)
    .describe(
      "largest mean |Δ log-prob| between sampler and trainer on the first rollout batch of a run or resume, nats",
    ),
});

const client = z.strictObject({
  url: z.url().optional().describe("where trainers reach the service; default: its host and port"),
  timeoutSec: z.number().positive().default(120).describe("seconds per request"),
  retries: z.int().min(0).default(8).describe("repeats after 429, 5xx, lost connections"),
  maxBatch: z.int().min(1).default(256).describe("items per request"),
});

const training = z.strictObject({
  model: z.string().min(1).default("Qwen/Qwen2.5-Omni-7B").describe("model id or folder"),
  modelType: z.string().min(1).default("qwen2_5_omni").describe("ms-swift's --model_type"),
  audio: z
    .enum(["in-video", "separate"])
    .default("in-video")
    .describe("in-video: the video's own sound (USE_AUDIO_IN_VIDEO); separate: `audios` column"),
  tuner: z.enum(["lora", "full"]).default("lora").describe("what learns; encoders stay frozen"),
  nodes: z.int().min(1).default(1).describe("machines"),
  gpus: z.int().min(1).default(8).describe("GPUs of all machines together, equally many on each"),
  rolloutGpus: z.int().min(1).default(2).describe("of them for rollouts, with a rollout server"),
  numGenerations: z.int().min(2).default(8).describe("G: responses per clip"),
  perDeviceBatch: z.int().min(1).default(2).describe("responses per GPU and forward pass"),
  gradientAccumulation: z.int().min(1).default(4).describe("forward passes per optimiser step"),
  maxCompletionTokens: z.int().min(1).default(512).describe("longest response, tokens"),
  maxPromptTokens: z.int().min(1).default(8192).describe("longest prompt, media included, tokens"),
  learningRate: z.number().positive().default(1e-5).describe("peak; about 1e-6 for tuner full"),
  epochs: z.int().min(1).default(1).describe("passes over the data"),
  temperature: z.number().positive().default(1).describe("of rollouts and of every log-prob"),
  referenceKl: z.number().min(0).default(0.01).describe("ms-swift's --beta; this KL is its own"),
  lossType: z.enum(["grpo", "bnpo", "dr_grpo"]).default("grpo").describe("ms-swift's --loss_type"),
  rewardWeight: z.number().positive().default(1).describe("factor on the service's reward"),
  maxSeconds: z
    .number()
    .positive()
    .default(20)
    .describe("longest clip; beyond it frames would be thinned and no longer fit the sound"),
  framePixels: z
    .int()
    .min(784)
    .default(100_352)
    .describe("most pixels per frame (28 × 28 a token)"),
});

const coldStart = z.strictObject({
  learningRate: z
    .number()
    .positive()
    .optional()
    .describe("of sft.sh; default: 1e-4 with LoRA, 1e-5 for the whole model"),
  epochs: z.int().min(1).default(1).describe("passes of sft.sh over its examples"),
});

/**
 * One file for `oppo serve` and `oppo export ms-swift`: rewards, loss and the run that uses them.
 */
export const swiftOptions = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, "letters, digits, '.', '_' and '-' only")
    .default("oppo")
    .describe("name of the run"),
  preset: z
    .enum(runPresetNames, {
      error: ({ input }) =>
        `no run is called '${input}'; there are ${runPresetNames.join(", ")} (systems of OPPO's paper begin with paper)`,
    })
    .optional()
    .describe("values of reward, loss, masks, training and coldStart that are not given here"),
  service: serviceOptions.prefault({}),
  client: client.prefault({}).describe("how the trainer talks to the service"),
  embedder: embedderOptions,
  decomposer: decomposerOptions,
  judge: judgeOptions,
  reward: rewardOptions.prefault({}),
  loss: lossConfigSchema.prefault({ preset: "robust" }),
  masks: masks.prefault({}),
  guards: guards.prefault({}),
  training: training.prefault({}),
  coldStart: coldStart.prefault({}),
});
export type SwiftOptions = z.infer<typeof swiftOptions>;
