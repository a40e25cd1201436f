import { resolve } from "node:path";
import { emotions } from "./factors.ts";
import type { ManifestRow } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";

const question =
  "What emotion does this person feel? Think first: say what you see in the face, what you hear in the " +
  "voice and what that means, inside <think></think>; then give one word inside <answer></answer>: " +
  `${emotions.slice(0, -1).join(", ")} or ${emotions.at(-1)}.`;

/**
 * A manifest row as ms-swift's GRPO trainer reads it (docs/ms-swift.md#how-it-works): `messages`
 * with one tag per medium, paths in `videos` and `audios`, and extra columns that ms-swift passes
 * to reward functions. Without wav files there is no `audios`, and USE_AUDIO_IN_VIDEO=1 makes
 * ms-swift take the video's own sound. Paths are absolute, for ms-swift reads them against its own
 * working directory: a corpus that moves is written anew.
 */
export function swiftRow(folder: string, row: ManifestRow, render: RenderOptions): object {
  return {
    messages: [userTurn(render)],
    ...media(folder, row, render),
    clip_id: row.id,
    reference: row.reference,
    label: row.label,
    congruent: row.congruent,
    cues: row.factors,
  };
}

/**
 * The same row for supervised fine-tuning, the cold start before GRPO: the first cold-start text as
 * the assistant's turn, the same media (absolute paths too), no columns for rewards.
 */
export function swiftSftRow(folder: string, row: ManifestRow, render: RenderOptions): object {
  const [text] = row.coldStart;
  return {
    messages: [userTurn(render), { role: "assistant", content: text }],
    ...media(folder, row, render),
    clip_id: row.id,
  };
}

const userTurn = (render: RenderOptions): object => ({
  role: "user",
  content: `${render.wav ? "<video><audio>" : "<video>"}${question}`,
});

const media = (folder: string, row: ManifestRow, render: RenderOptions): object => ({
  videos: [resolve(folder, row.file)],
  ...(render.wav ? { audios: [resolve(folder, `clips/${row.id}.wav`)] } : {}),
});
