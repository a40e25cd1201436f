import { resolveLossOptions } from "../loss/presets.ts";
import type { RewardTerm } from "../rewards/term.ts";
import { rewardTerms } from "../rewards/terms.ts";
import { environment } from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { serviceUrl } from "./plugin-settings.ts";

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
  const { training, masks, loss } = options;
  const server = scripts.includes("train-server.sh");
  const ray = scripts.includes("ray.sh");
  const on = Object.entries(resolveLossOptions(loss)).flatMap(([name, section]) =>
    "weight" in section && section.weight > 0 ? [`${name} ${section.weight}`] : [],
  );
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
${
  server
    ? `
Rollouts on GPUs of their own instead: \`./rollout-server.sh\`, and when it answers \`./train-server.sh\`.
`
    : options.training.rolloutGpus < training.gpus
      ? `
No rollout server: the ${training.gpus - options.training.rolloutGpus} GPU(s) that would train beside it don't make whole groups of ${training.numGenerations} responses; (gpus − rolloutGpus) × perDeviceBatch × gradientAccumulation must be a multiple of it.
`
      : ""
}
${
  ray
    ? `Megatron on Ray: \`./ray.sh\`, settings in \`ray.yaml\` (flags would be ignored, and are refused). It needs \`pip install megatron-core mcore-bridge "ray[default]"\` and what these need. Experimental: the loss ran on CPU only, never on GPUs. More than one node: \`source env.sh\` on each before \`ray start\`; folder and plugin at the same path.`
    : `No Megatron on Ray: ms-swift wants whole groups of ${training.numGenerations} responses on each GPU, so perDeviceBatch × gradientAccumulation must be a multiple of it.`
}

| file | what it is |
|---|---|
| \`oppo.json\` | every setting of the plugin; \`OPPO_CONFIG\` names it |
| \`serve.json\` | every setting of the service that \`serve.sh\` starts |
| \`data.jsonl\` | ${data.rows} clips from ${data.source}; ${data.visual} references name something seen, ${data.acoustic} something heard |
| \`sft.jsonl\` | ${data.examples} ${data.apart ? "other clips, none of them in `data.jsonl`," : "of these clips"} with an answer in the form of the reward, for \`sft.sh\` |
| \`env.sh\` | ${variables.join(", ")} |

\`sft.sh\` trains on \`sft.jsonl\`, an example per clip (\`./sft.sh --dataset 'sft.jsonl#200'\`: on 200 of them), and leaves a whole model in \`cold-start\`. Export again with \`--set training.model=$PWD/cold-start\`, and into another folder.

Trainer and rollout server need the same environment: nothing in ms-swift compares them, so start both by these scripts. If the service has a key, set \`${options.service.apiKeyEnv}\` in both terminals.

- Reward: ${rewardText(options.reward)}; perception by ${options.reward.perception.mode}.
- Loss: preset \`${loss.preset}\`${on.length > 0 ? ` (${on.join(", ")})` : ""}; video hidden by ${masks.visual}, sound by ${masks.acoustic}; masked passes: ${masks.schedule}. Policy gradient (${training.lossType}) and reference KL (${training.referenceKl}) are ms-swift's own.
- The service must be up while training runs. The plugin waits for a restart and stops the run rather than make a reward up.
- Clips longer than ${training.maxSeconds} s are seen in fewer frames a second (\`FPS_MAX_FRAMES\`); raise \`training.maxSeconds\` to see all. A clip whose picture and sound differ in length is refused.
`;
}

/** Terms with their weights; a gate multiplies the others. */
const rewardText = (reward: SwiftOptions["reward"]): string =>
  rewardTerms
    .map((term: RewardTerm) => {
      const gate = term.gate?.(reward) ? ", a gate" : "";
      return `${term.name} (weight ${term.weight(reward)}${gate})`;
    })
    .join(", ");
