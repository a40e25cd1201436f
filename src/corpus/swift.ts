import { resolve } from "node:path";
import { emotions } from "./factors.ts";
import type { ManifestRow } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";

const question =
  "What emotion does this person feel? Think first: say what you see in the face, what you hear in the " +
  "voice and what that means, inside <think></think>; then give one word inside <answer></answer>: " +
  `${emotions.slice(0, -1).join(", ")} or ${emotions.at(-1)}.`;

/**
 * A manifest row as ms-swift's GRPO trainer reads it (spec ms-swift §7): `messages` with one tag per medium,
 * paths in `videos` and `audios`, and extra columns that ms-swift passes to reward functions. Without wav
 * files there is no `audios`, and USE_AUDIO_IN_VIDEO=1 makes ms-swift take the video's own sound.
 */
export function swiftRow(folder: string, row: ManifestRow, render: RenderOptions): object {
  const tags = render.wav ? "<video><audio>" : "<video>";
  return {
    messages: [{ role: "user", content: `${tags}${question}` }],
    videos: [resolve(folder, row.file)],
    ...(render.wav ? { audios: [resolve(folder, `clips/${row.id}.wav`)] } : {}),
    clip_id: row.id,
    reference: row.reference,
    label: row.label,
    congruent: row.congruent,
    cues: row.factors,
  };
}
