import {
  colocateFlags,
  contextTokens,
  environment,
  type Flag,
  serverFlags,
  trainingFlags,
} from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { command, quoted, script } from "./shell.ts";

/** Files outside the exported folder that its scripts start. Absolute paths. */
export interface Installed {
  /** `bin/oppo.mjs`. */
  oppo: string;
  /** `oppo_swift_plugin.py`. */
  plugin: string;
}

/** Launch scripts by file name. */
export function launchScripts(options: SwiftOptions, installed: Installed): Record<string, string> {
  const { gpus, rolloutGpus } = options.training;
  const own = ['--dataset "$here/data.jsonl"', '--output_dir "$here/output"'];
  const plugin = ['--external_plugins "$OPPO_PLUGIN"'];
  const source = 'source "$here/env.sh"';
  const train = (flags: readonly Flag[]) =>
    command("swift rlhf", [...trainingFlags(options), ...flags], [...plugin, ...own]);
  const scripts: Record<string, string> = {
    "env.sh": environmentScript(options, installed),
    "serve.sh": script("The reward service. Leave it running.", [
      `exec node ${quoted(installed.oppo)} serve --config "$here/serve.json" --state "$here/state" "$@"`,
    ]),
    "colocate.sh": script(`Training with vLLM on the same ${gpus} GPU(s).`, [
      source,
      `NPROC_PER_NODE=${gpus} ${train(colocateFlags(options))} "$@"`,
    ]),
    "ray.sh": script("Training by Megatron on Ray. Experimental: never run on GPUs.", [
      source,
      // Without it Megatron would train on the reward alone, and say nothing.
      '[ -f "$(dirname "$OPPO_PLUGIN")/oppo_swift/ray.py" ] || { echo "this plugin has no Ray part: the loss would be missing" >&2; exit 1; }',
      'config="$(mktemp --suffix .yaml)"',
      'sed -e "s|@HERE@|$here|g" -e "s|@PLUGIN@|$OPPO_PLUGIN|g" "$here/ray.yaml" > "$config"',
      'megatron rlhf --use_ray true --config "$config" "$@"',
    ]),
    "ray.yaml": rayConfig(options),
  };
  if (rolloutGpus >= gpus) return scripts;
  const trainer = gpus - rolloutGpus;
  return {
    ...scripts,
    "rollout-server.sh": script(
      `Rollout server on the last ${rolloutGpus} GPU(s). Start it first.`,
      [
        source,
        `CUDA_VISIBLE_DEVICES=${range(trainer, gpus)} ${command("swift rollout", rolloutFlags(options), plugin)}`,
      ],
    ),
    "train-server.sh": script(`Training on the first ${trainer} GPU(s), with rollout-server.sh.`, [
      source,
      `CUDA_VISIBLE_DEVICES=${range(0, trainer)} NPROC_PER_NODE=${trainer} ${train(serverFlags)} "$@"`,
    ]),
  };
}

const range = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => from + i).join(",");

function environmentScript(options: SwiftOptions, { plugin }: Installed): string {
  return script("Environment that every process of this run must share.", [
    'export OPPO_CONFIG="$here/oppo.json"',
    `export OPPO_PLUGIN="\${OPPO_PLUGIN:-${plugin.replace(/["$`\\]/g, "\\$&")}}"`,
    ...Object.entries(environment(options)).map(([name, value]) => `export ${name}=${value}`),
  ]);
}

const rolloutFlags = (options: SwiftOptions): Flag[] => [
  ["model", options.training.model],
  ["model_type", options.training.modelType],
  ["torch_dtype", "bfloat16"],
  ["host", "127.0.0.1"],
  ["port", 8000],
  ["vllm_data_parallel_size", options.training.rolloutGpus],
  ["vllm_max_model_len", contextTokens(options)],
];

/** ms-swift's Ray settings. JSON strings are YAML, so values need no other quoting. */
function rayConfig(options: SwiftOptions): string {
  const { training } = options;
  const batch = training.gpus * training.perDeviceBatch * training.gradientAccumulation;
  const lora = { tuner_type: "lora", lora_rank: 16, lora_alpha: 32, lora_dropout: 0 };
  const settings = {
    rlhf_type: "grpo",
    model: training.model,
    model_type: training.modelType,
    external_plugins: ["@PLUGIN@"],
    reward_funcs: ["oppo"],
    dataset: "@HERE@/data.jsonl",
    split_dataset_ratio: 0,
    micro_batch_size: training.perDeviceBatch,
    global_batch_size: batch,
    num_generations: training.numGenerations,
    num_train_epochs: training.epochs,
    max_length: training.maxPromptTokens,
    max_completion_length: training.maxCompletionTokens,
    truncation_strategy: "delete",
    padding_free: false,
    temperature: training.temperature,
    beta: training.referenceKl,
    loss_type: training.lossType,
    lr: training.learningRate,
    freeze_vit: true,
    freeze_aligner: true,
    overlap_grad_reduce: false,
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
  const rollout = { gpus: training.gpus, vllm_max_model_len: contextTokens(options) };
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
