import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { listOptions, readClips } from "../../data/index.ts";
import { listSource } from "../../data/list-source.ts";
import { factsFolder } from "../facts-folder.ts";
import { inspectionFiles, writeInspection } from "../inspection.ts";
import { say } from "../print.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";

/**
 * What is in a user's clips, told before anything is paid for: on the console, and as inspect.json
 * and a page in the run folder. Nothing to do for clips of another source, or when it was done.
 */
export async function inspectData({ experiment, layout, took }: Workspace): Promise<void> {
  const { source, ...section } = experiment.data;
  if (source !== listSource.kind) return;
  const out = join(layout.root, "inspect");
  const { json, page } = inspectionFiles(out);
  if (!existsSync(json) || !existsSync(page)) {
    const options = listOptions.parse(section);
    const read = readClips(options.list, options);
    const { split } = options;
    const shares = { ...split, seed: split.seed ?? experiment.seed };
    const cache = factsFolder(dirname(layout.root));
    await timed(took, "inspect", () =>
      writeInspection(options.list, read, { out, cache, media: true, shares }),
    );
  }
  say(`  what is in the clips: ${page}`);
}
