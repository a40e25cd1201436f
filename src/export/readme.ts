import { resolveLossOptions } from "../loss/presets.ts";
import { paperTerms } from "../rewards/paper-terms.ts";
import type { RewardTerm } from "../rewards/term.ts";
import { rewardTerms } from "../rewards/terms.ts";
import { environment } from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { serviceUrl } from "./plugin-settings.ts";
import { rayObstacle } from "./ray.ts";
import { presetSection } from "./readme-preset.ts";

/** What the dataset holds, for people. */
export interface DatasetSummary {
  rows: number;
  /** Clips with an example for the cold start: of them, or others where `apart`. */
  examples: number;
  /** Whether cold start and reinforcement learning have no clip in common. */
  apart: boolean;
  /** Rows whose reference names something seen, and something heard. */
  visual: number;
  acoustic: number;
  source: string;
}

/** README.md of an exported run. */
export function runReadme(options: SwiftOptions, data: DatasetSummary, scripts: string[]): string {
  const { preset, training, loss } = options;
  const server = scripts.includes("train-server.sh");
  const on = Object.entries(resolveLossOptions(loss)).flatMap(([name, section]) =>
    "weight" in section && section.weight > 0 ? [`${name} ${section.weight}`] : [],
  );
  const obstacle = rayObstacle(options);
  const variables = Object.entries(environment(options)).map(([name, value]) => `${name}=${value}`);
  return `# ${options.name}: ${training.model} with OPPO under ms-swift

Written by \`oppo export ms-swift\`. To change a setting, export anew. What ties the folder to this machine: paths of clips in \`data.jsonl\`, of \`oppo\` in \`serve.sh\`, of the plugin in \`env.sh\` (\`OPPO_PLUGIN\` overrides it).

\`\`\`sh
pip install "ms-swift>=4.4,<4.7" msgspec qwen_omni_utils decord librosa soundfile
pip install vllm deepspeed          # for the GPU machine; ffmpeg must be on PATH
pip install /path/to/oppo/integrations/ms-swift
(source env.sh && oppo-swift-check data.jsonl)
./sft.sh                            # only if the model does not answer in <think>, <answer> yet; see below
./serve.sh                          # terminal 1: rewards and evidence, ${serviceUrl(options)}
./colocate.sh                       # terminal 2: training and rollouts on the same ${training.gpus} GPU(s)
\`\`\`
${[several(options), rolloutServer(options, server)].filter(Boolean).join("\n\n")}

${
  obstacle === undefined
    ? `Megatron on Ray: \`./ray.sh\`, settings in \`ray.yaml\` (flags would be ignored, and are refused). It needs \`pip install megatron-core mcore-bridge "ray[default]"\` and what these need. Experimental: the loss ran on CPU only, never on GPUs. More than one node: \`source env.sh\` on each before \`ray start\`; folder and plugin at the same path.`
    : `No Megatron on Ray: ${obstacle}.`
}

| file | what it is |
|---|---|
| \`oppo.json\` | every setting of the plugin; \`OPPO_CONFIG\` names it |
| \`serve.json\` | every setting of the service that \`serve.sh\` starts |
| \`data.jsonl\` | ${data.rows} clips from ${data.source}; ${data.visual} references name something seen, ${data.acoustic} something heard |
| \`sft.jsonl\` | ${data.examples} ${data.apart ? "other clips, none of them in `data.jsonl`," : "of these clips"} with an answer in the form of the reward, for \`sft.sh\` |
| \`env.sh\` | ${variables.join(", ")} |

\`sft.sh\` trains on \`sft.jsonl\`, an example per clip (\`./sft.sh --dataset 'sft.jsonl#200'\`: on 200 of them), and leaves a whole model in \`cold-start\`. Export again with ${preset === undefined ? "" : `\`--preset ${preset}\` and `}\`--set training.model=$PWD/cold-start\`, and into another folder.

Trainer and rollout server need the same environment: nothing in ms-swift compares them, so start both by these scripts. If the service has a key, set \`${options.service.apiKeyEnv}\` in both terminals.

- Reward: ${rewardText(options.reward)}.
- Loss: preset \`${loss.preset}\`${on.length > 0 ? ` (${on.join(", ")})` : ""}; ${masksText(options)}. Policy gradient (${training.lossType}) and reference KL (${training.referenceKl}) are ms-swift's own.
- The service must be up while training runs. The plugin waits for a restart and stops the run rather than make a reward up.
- Clips longer than ${training.maxSeconds} s are seen in fewer frames a second (\`FPS_MAX_FRAMES\`); raise \`training.maxSeconds\` to see all. A clip whose picture and sound differ in length is refused.
- ${advantagesText(options.reward)}
${presetSection(options, data)}`;
}

/** How a run on more than one machine is started. */
function several({ training: { nodes, gpus } }: SwiftOptions): string {
  if (nodes === 1) return "";
  return `${nodes} machines of ${gpus / nodes} GPUs: this folder and the plugin at the same path on each, \`MASTER_ADDR=FIRST-MACHINE NODE_RANK=0 ./colocate.sh\` on the first, \`NODE_RANK=1\` on the next. All of them ask the one service for rewards.`;
}

function rolloutServer({ training }: SwiftOptions, server: boolean): string {
  const { gpus, nodes, rolloutGpus, numGenerations } = training;
  if (server) {
    return "Rollouts on GPUs of their own instead: `./rollout-server.sh`, and when it answers `./train-server.sh`.";
  }
  if (nodes > 1) return "No scripts for a rollout server: they are for one machine.";
  if (rolloutGpus >= gpus) return "";
  return `No rollout server: the ${gpus - rolloutGpus} GPU(s) that would train beside it don't make whole groups of ${numGenerations} responses; (gpus − rolloutGpus) × perDeviceBatch × gradientAccumulation must be a multiple of it.`;
}

function masksText({ masks }: SwiftOptions): string {
  const { visual, acoustic, ratio, unit, schedule } = masks;
  const share = [visual, acoustic].includes("ratio") ? ` (ratio ${ratio}, by ${unit})` : "";
  return `video hidden by ${visual}, sound by ${acoustic}${share}; masked passes: ${schedule}`;
}

function advantagesText({ advantages: { normalise } }: SwiftOptions["reward"]): string {
  if (normalise === "none") return "Advantages: R − mean of the group (`--scale_rewards none`).";
  const own =
    normalise === "z-score" ? "" : `; \`${normalise}\` of the settings is the built-in trainer's`;
  return `Advantages are ms-swift's own, (R − mean)/(std + 1e-4) in a group${own}.`;
}

/** Terms with their weights; a gate multiplies the others. */
function rewardText(reward: SwiftOptions["reward"]): string {
  const printed = reward.form === "paper";
  const terms: readonly RewardTerm[] = printed ? paperTerms : rewardTerms;
  const named = terms
    .map((term: RewardTerm) => {
      const gate = term.gate?.(reward) ? ", a gate" : "";
      return `${term.name} (weight ${term.weight(reward)}${gate})`;
    })
    .join(", ");
  if (printed) return `the plain sum of ${named}, δ ${reward.paper.delta}`;
  return `${named}; perception by ${reward.perception.mode}`;
}
