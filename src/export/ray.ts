import { resolveLossOptions } from "../loss/presets.ts";
import { contextTokens } from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { script } from "./shell.ts";

/**
 * Why a run can't go by Megatron on Ray; undefined where it can. ms-swift refuses groups that
 * straddle GPUs, and Megatron's forward gives log-probs of sampled tokens alone.
 */
export function rayObstacle({ loss, training }: SwiftOptions): string | undefined {
  const { perDeviceBatch, gradientAccumulation, numGenerations } = training;
  const { weight, estimator } = resolveLossOptions(loss).paper;
  if (weight > 0 && estimator === "whole") {
    return "it gives log-probs of sampled tokens alone, and loss.paper.estimator is whole: set it to k1 or k3";
  }
  if ((perDeviceBatch * gradientAccumulation) % numGenerations !== 0) {
    return `ms-swift wants whole groups of ${numGenerations} responses on each GPU, so perDeviceBatch × gradientAccumulation must be a multiple of it`;
  }
  return undefined;
}

/** Training by Megatron on Ray: its script and its settings. Nothing where something forbids it. */
export function rayScripts(options: SwiftOptions): Record<string, string> {
  const { perDeviceBatch, gradientAccumulation, numGenerations } = options.training;
  if (rayObstacle(options)) return {};
  const groups = (perDeviceBatch * gradientAccumulation) / numGenerations;
  return { "ray.sh": launcher, "ray.yaml": rayConfig(options, microBatch(groups, perDeviceBatch)) };
}

/** ms-swift wants it to divide the clips of a step on one GPU. */
function microBatch(groups: number, atMost: number): number {
  let size = Math.min(groups, atMost);
  while (groups % size !== 0) size -= 1;
  return size;
}

const launcher = script("Training by Megatron on Ray. Experimental: never run on GPUs.", [
  'source "$here/env.sh"',
  'refuse() { echo "ray.sh: $1" >&2; exit 1; }',
  "# Without it Megatron would train on the reward alone, and say nothing.",
  '[ -f "$(dirname "$OPPO_PLUGIN")/oppo_swift/ray/driver.py" ] || refuse "this plugin has no Ray part: the loss would be missing"',
  "# ms-swift reads no flags of a Ray run, and says nothing.",
  '[ "$#" -eq 0 ] || refuse "flags would be ignored: settings of a Ray run stand in ray.yaml"',
  "# Paths go into the YAML as JSON strings, hence the backslashes.",
  "bs='\\' dq='\"'",
  `in_yaml() { local text="\${1//"$bs"/"$bs$bs"}"; printf %s "\${text//"$dq"/"$bs$dq"}"; }`,
  'text="$(<"$here/ray.yaml")"',
  `text="\${text//@HERE@/"$(in_yaml "$here")"}"`,
  `text="\${text//@PLUGIN@/"$(in_yaml "$OPPO_PLUGIN")"}"`,
  'folder="$(mktemp -d)"',
  "trap 'rm -rf \"$folder\"' EXIT",
  'printf "%s\\n" "$text" > "$folder/ray.yaml"',
  "# One driver: these two would make ms-swift start it under torchrun.",
  'env -u NPROC_PER_NODE -u NNODES megatron rlhf --use_ray true --config "$folder/ray.yaml"',
]);

/** ms-swift's Ray settings. JSON strings are YAML, so values need no other quoting. */
function rayConfig(options: SwiftOptions, microBatchSize: number): string {
  const { training } = options;
  const batch = training.gpus * training.perDeviceBatch * training.gradientAccumulation;
  const lora = { tuner_type: "lora", lora_rank: 16, lora_alpha: 32, lora_dropout: 0 };
  const settings = {
    rlhf_type: "grpo",
    model: training.model,
    model_type: training.modelType,
    torch_dtype: "bfloat16",
    external_plugins: ["@PLUGIN@"],
    reward_funcs: ["oppo"],
    dataset: "@HERE@/data.jsonl",
    split_dataset_ratio: 0,
    micro_batch_size: microBatchSize,
    global_batch_size: batch,
    num_generations: training.numGenerations,
    steps_per_generation: 1,
    num_train_epochs: training.epochs,
    max_length: training.maxPromptTokens,
    max_completion_length: training.maxCompletionTokens,
    truncation_strategy: "delete",
    padding_free: false,
    temperature: training.temperature,
    beta: training.referenceKl,
    loss_type: training.lossType,
    scale_rewards: options.reward.advantages.normalise === "none" ? "none" : "group",
    lr: training.learningRate,
    lr_warmup_fraction: 0.05,
    freeze_vit: true,
    freeze_aligner: true,
    overlap_grad_reduce: false,
    logging_steps: 1,
    save_steps: 50,
    use_vllm: true,
    colocate_groups: [["train", "rollout"]],
    offload_model: true,
    offload_optimizer: true,
    sleep_level: 1,
  };
  const train = {
    gpus: training.gpus,
    pipeline_model_parallel_size: 1,
    tensor_model_parallel_size: 1,
    output_dir: "@HERE@/output-ray",
    ...(training.tuner === "lora" ? lora : { tuner_type: "full" }),
  };
  const rollout = {
    gpus: training.gpus,
    vllm_gpu_memory_utilization: 0.4,
    vllm_max_model_len: contextTokens(options),
  };
  const lines = (fields: object, indent = "") =>
    Object.entries(fields).map(([name, value]) => `${indent}${name}: ${JSON.stringify(value)}`);
  return `${[
    "# @HERE@ and @PLUGIN@ are put in by ray.sh.",
    ...lines(settings),
    "train:",
    ...lines(train, "  "),
    "rollout:",
    ...lines(rollout, "  "),
  ].join("\n")}\n`;
}
