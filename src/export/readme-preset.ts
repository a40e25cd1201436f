import { variantPresets } from "../config/variant-presets.ts";
import type { SwiftOptions } from "./options.ts";
import { runPresets } from "./presets.ts";
import { changedFromPreset } from "./run-notes.ts";

/** README's section on the preset of a run: whose it is, what the source leaves open, what differs. */
export function presetSection(options: SwiftOptions, { apart }: { apart: boolean }): string {
  const { preset } = options;
  const found = preset === undefined ? undefined : runPresets[preset];
  if (!found) return "";
  const changed = changedFromPreset(options);
  const printed = Object.hasOwn(variantPresets, preset!);
  const lines = [
    `- Source: ${found.source}.`,
    `- Exact, and ours: ${found.fidelity}.`,
    ...(changed.length > 0 ? [`- **Changed from the preset**: ${changed.join(", ")}.`] : []),
    ...(printed ? openInThePaper(options, apart).map((line) => `- ${line}`) : []),
  ];
  return `\n## Preset \`${preset}\`\n\n${lines.join("\n")}\n`;
}

/** What the paper prints no value for, or has otherwise than this run. */
function openInThePaper(options: SwiftOptions, apart: boolean): string[] {
  const { coldStart, decomposer, embedder, reward, training } = options;
  const prompts =
    (training.gpus * training.perDeviceBatch * training.gradientAccumulation) /
    training.numGenerations;
  return [
    "Training as the paper prints it: 16 GPUs, batch 1, accumulation 2, G 4 (8 prompts a step), learning rate 2e-6, one epoch, reference KL .04; cold start 2e-5, two epochs.",
    `This run: ${training.gpus} GPUs, batch ${training.perDeviceBatch}, accumulation ${training.gradientAccumulation}, G ${training.numGenerations} (${prompts} prompts a step), learning rate ${training.learningRate}, ${training.epochs} epoch(s), reference KL ${training.referenceKl}; cold start ${coldStart.learningRate ?? "by default"}, ${coldStart.epochs} epoch(s). On fewer GPUs raise training.gradientAccumulation by as much.`,
    "Not stated in the paper, so ours or the first author's training repository's: model size (7B there), what of it learns (the whole language model here, encoders frozen), clip range, warm-up, longest response, frames and pixels, temperature 1.",
    "Advantages are ms-swift's: (R − mean)/(std + 1e-4) in a group, std of a sample (÷ G − 1). The paper says mean and standard deviation, and not which.",
    "Masking by ratio: responses of one clip in a step share a draw. Zero is zero of the processor's tensors: mean colour, and a log-mel feature that is not silence.",
    embedder.kind === "openai"
      ? `Encoder: ${embedder.model}; the paper's is Qwen3-Embedding, its size not stated (.6B in the repository).`
      : "**Not the paper's encoder**: the built-in one, by which cosines and δ mean something else. The paper's is Qwen3-Embedding (.6B in the repository): `--set embedder.kind=openai embedder.baseUrl=http://…/v1 embedder.model=Qwen/Qwen3-Embedding-0.6B`.",
    decomposer.kind === "model"
      ? `Cues by ${decomposer.model}, ${decomposer.extraction === "printed" ? "the printed rules" : "**not the printed rules** (decomposer.extraction=printed)"}; the paper's are by GPT-5.`
      : "**Not the paper's cues**: built-in rules read the references. The paper's are by GPT-5 and a printed prompt: `--set decomposer.kind=model decomposer.extraction=printed decomposer.baseUrl=… decomposer.model=…`.",
    reward.accuracy.wheel === undefined
      ? "**Accuracy by label words**: the paper's is a mean over five emotion wheels, which `reward.accuracy.wheel` names."
      : "Accuracy by the emotion wheels of reward.accuracy.wheel.",
    apart
      ? "Cold start and reinforcement learning share no clip, as in the paper (5,000 and all others there)."
      : "**Cold start on the same clips**: the paper takes 5,000 for it and all others for reinforcement learning (`--cold-start 5000`).",
  ];
}
