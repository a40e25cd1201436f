import { Rng } from "../core/rng.ts";
import { loadRowFeatures } from "./features/load.ts";
import { type ListOptions, listOptions } from "./options.ts";
import { readClips } from "./read-clips.ts";
import type { DataSource } from "./source.ts";
import { drawSplits } from "./split/draw.ts";

/**
 * A user's clips: a list, a table or a folder. Rows stand in an order drawn by the seed, for lists
 * are often sorted by speaker or label, and the cold start takes the first of the training clips.
 */
export const listSource: DataSource<ListOptions> = {
  kind: "list",
  options: listOptions,
  paths: ["list", "videos", "audios", "features.video", "features.audio"],
  folder: "data",
  async open(options, { folder, seed }) {
    const read = readClips(options.list, options);
    const drawn = drawSplits(read.rows, { ...options.split, seed: options.split.seed ?? seed });
    const rows = new Rng(`${seed}/order of clips`).shuffle(drawn.rows);
    return {
      rows,
      notes: [...read.notes, ...drawn.notes],
      features: (controls) => loadRowFeatures(rows, { folder, ...controls }),
    };
  },
};
