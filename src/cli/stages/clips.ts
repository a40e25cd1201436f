import type { Prompt } from "../../prompt/prompt.ts";
import { promptOf } from "../../prompt/prompt-of.ts";
import { blankRow, standardise } from "../../prompt/standardise.ts";
import type { WordTokenizer } from "../../prompt/tokenizer.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Data } from "./data.ts";
import { openStandardiser, openTokenizer } from "./fitted.ts";

/** Clips ready for training: every clip as a prompt, and the tokenizer of their language. */
export interface Clips extends Data {
  prompts: ReadonlyMap<string, Prompt>;
  tokenizer: WordTokenizer;
  /** Width of one token of each stream. */
  dims: { video: number; audio: number };
  /** Where features came from, and what was done to them. */
  featureNotes: readonly string[];
  /** A token of nothing: black frames, silence. */
  blank: { video: Float32Array; audio: Float32Array };
}

/** Renders or decodes what is missing, and makes a prompt of every clip. */
export async function openClips(workspace: Workspace, data: Data): Promise<Clips> {
  const { experiment, layout, progress, took } = workspace;
  const { features, dims, blank, notes } = await timed(took, "clips and their features", () =>
    data.source.features({ options: experiment.features, progress }),
  );
  const raw = data.rows.map((row) => promptOf(row.id, features.get(row.id)!));
  const standardiser = openStandardiser(layout.standardiser, raw, data.rows);
  return {
    ...data,
    dims,
    featureNotes: notes,
    prompts: new Map(raw.map((prompt) => [prompt.id, standardise(prompt, standardiser)])),
    tokenizer: openTokenizer(workspace, data),
    blank: {
      video: blankRow(blank.video, standardiser.video),
      audio: blankRow(blank.audio, standardiser.audio),
    },
  };
}
