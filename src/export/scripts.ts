import { coldStartScript } from "./cold-start.ts";
import {
  colocateFlags,
  contextTokens,
  environment,
  type Flag,
  gpusPerNode,
  serverFlags,
  trainingFlags,
} from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { rayScripts } from "./ray.ts";
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
  const { gpus, nodes, rolloutGpus } = options.training;
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
    "sft.sh": coldStartScript(options),
    "colocate.sh": script(
      nodes === 1
        ? `Training with vLLM on the same ${gpus} GPU(s).`
        : `Training with vLLM on the same ${gpus} GPUs. Start it on each of the ${nodes} machines.`,
      [
        source,
        ...(nodes === 1 ? [] : machines(nodes)),
        `NPROC_PER_NODE=${gpusPerNode(options)} ${train(colocateFlags(options))} "$@"`,
      ],
    ),
    ...rayScripts(options),
  };
  const trainer = gpus - rolloutGpus;
  // ms-swift wants whole groups of responses in a step; fewer GPUs train than `colocate.sh` has
  const { perDeviceBatch, gradientAccumulation, numGenerations } = options.training;
  const responses = trainer * perDeviceBatch * gradientAccumulation;
  if (nodes > 1 || trainer <= 0 || responses % numGenerations !== 0) return scripts;
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

/** What ms-swift must be told where a run takes more than one machine. */
const machines = (nodes: number): string[] => [
  `: "\${NODE_RANK:?0 on the first of the ${nodes} machines, 1 on the next}"`,
  ': "$' + '{MASTER_ADDR:?address of the first machine}"',
  `export NNODES=${nodes} NODE_RANK MASTER_ADDR MASTER_PORT="\${MASTER_PORT:-29500}"`,
];

const range = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => from + i).join(",");

function environmentScript(options: SwiftOptions, { plugin }: Installed): string {
  // sourced by people, too: it must neither set options of their shell nor leave variables of its
  // own
  const lines = [
    "#!/usr/bin/env bash",
    "# Environment that every process of this run must share. Source it.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's own
    'export OPPO_CONFIG="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/oppo.json"',
    `[ -n "\${OPPO_PLUGIN:-}" ] || OPPO_PLUGIN=${quoted(plugin)}`,
    "export OPPO_PLUGIN",
    ...Object.entries(environment(options)).map(([name, value]) => `export ${name}=${value}`),
  ];
  return `${lines.join("\n")}\n`;
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
