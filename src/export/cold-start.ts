import { join } from "node:path";
import { readJson } from "../core/files.ts";
import { loadManifest } from "../corpus/load-manifest.ts";
import type { CorpusInfo } from "../corpus/manifest.ts";
import { swiftSftRow } from "../corpus/ms-swift.ts";
import type { CorpusOptions } from "../corpus/options.ts";
import { parseResponse } from "../cues/response.ts";
import type { SwiftRow } from "./dataset.ts";
import { type Flag, gpusPerNode, modelFlags, tunerFlags } from "./flags.ts";
import type { SwiftOptions } from "./options.ts";
import { command, script } from "./shell.ts";

/**
 * Examples for `swift sft`: clips with their references in the form that the reward asks for. A
 * reference without reasoning makes none.
 */
export function coldStartRows(rows: readonly SwiftRow[]): object[] {
  return rows.flatMap(({ messages, videos, audios, clip_id, ...row }) => {
    const content = answerOf(row);
    if (!parseResponse(content).wellFormed) return [];
    const answered = [...messages, { role: "assistant", content }];
    return [{ messages: answered, videos, ...(audios && { audios }), clip_id }];
  });
}

/** Of a synthetic corpus: its own cold-start texts, which are partial on purpose. */
export function corpusColdStart(folder: string, rows: readonly SwiftRow[], wav: boolean): object[] {
  const { render } = readJson<CorpusInfo>(join(folder, "corpus.json")).options as CorpusOptions;
  const wanted = new Set(rows.map(({ clip_id }) => clip_id));
  return loadManifest(folder)
    .filter(({ id }) => wanted.has(id))
    .map((row) => swiftSftRow(folder, row, { ...render, wav }));
}

/** A reference as a response: its reasoning between the tags, then the label that is rewarded. */
function answerOf({ reference, label, labels }: Omit<SwiftRow, "messages" | "videos" | "clip_id">) {
  const { think, answer } = parseResponse(reference);
  const bare = reference
    .replace(/<answer>.*?<\/answer>/gs, "")
    .replace(/<\/?(?:think|answer)>/g, "");
  const named = label ?? answer?.text ?? labels?.join(", ") ?? "";
  return `<think>${(think?.text ?? bare).trim()}</think><answer>${named.trim()}</answer>`;
}

/** Examples per optimiser step, about. */
const batch = 16;

/** `sft.sh`: teaches the format and leaves a whole model in `cold-start`. Runs on one machine. */
export function coldStartScript(options: SwiftOptions): string {
  const { tuner } = options.training;
  const { learningRate, epochs } = options.coldStart;
  const gpus = gpusPerNode(options);
  const lora = tuner === "lora";
  const flags: Flag[] = [
    ...modelFlags(options),
    ...tunerFlags(options),
    ["deepspeed", "zero2"],
    ["gradient_checkpointing", true],
    ["per_device_train_batch_size", 1],
    ["gradient_accumulation_steps", Math.max(1, Math.round(batch / gpus))],
    ["learning_rate", learningRate ?? (lora ? 1e-4 : 1e-5)],
    ["num_train_epochs", epochs],
    ["warmup_ratio", 0.05],
    ["split_dataset_ratio", 0],
    ["dataloader_num_workers", 4],
    ["logging_steps", 1],
    ["save_strategy", "epoch"],
    ["save_only_model", true],
    ["save_total_limit", 1],
    ["add_version", false],
  ];
  const own = ['--dataset "$here/sft.jsonl"', '--output_dir "$here/output-sft"'];
  return script("Cold start: answers in the form of the reward, before GRPO.", [
    'source "$here/env.sh"',
    'for folder in output-sft cold-start; do [ ! -e "$here/$folder" ] || { echo "sft.sh: $folder is there already: remove it first" >&2; exit 1; }; done',
    `NPROC_PER_NODE=${gpus} ${command("swift sft", flags, own)} "$@"`,
    'last="$(ls -d "$here"/output-sft/checkpoint-* | sort -V | tail -n 1)"',
    lora
      ? 'swift export --adapters "$last" --merge_lora true --output_dir "$here/cold-start"'
      : 'mv "$last" "$here/cold-start"',
    'echo "now export again with --set training.model=$here/cold-start"',
  ]);
}
