import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "@commander-js/extra-typings";
import { readJsonl, writeJsonl } from "../../core/jsonl.ts";
import { splits } from "../../corpus/manifest.ts";
import { listClips } from "../../export/clip-list.ts";
import { exportSwift } from "../../export/write.ts";
import { parseCsv } from "../csv.ts";
import { readSwiftOptions } from "../ms-swift.ts";
import { say } from "../print.ts";

const installed = {
  oppo: fileURLToPath(new URL("../../../bin/oppo.mjs", import.meta.url)),
  plugin: fileURLToPath(
    new URL("../../../integrations/ms-swift/oppo_swift_plugin.py", import.meta.url),
  ),
};

/** `oppo export`: what other trainers are started with. */
export function exportCommand() {
  return new Command("export")
    .description("write what another trainer is started with: data, settings, launch scripts")
    .addCommand(clipsCommand())
    .addCommand(swiftCommand());
}

const clipsCommand = () =>
  new Command("clips")
    .description("a list of clips for --data, from a folder of videos and a file of references")
    .requiredOption("-v, --videos <folder>", "mp4, mkv, webm, avi or mov files")
    .requiredOption("-r, --references <file>", "CSV or JSONL, one row a video (see below)")
    .requiredOption("-o, --out <file>", "JSONL file to write")
    .addHelpText(
      "after",
      `
A row names its video in clip_id, video, name, names or id (with or without the ending), holds the reasoning in
reference, reason, reasons or english, and may hold a label; without one the reference's <answer> is it.`,
    )
    .action(({ videos, references, out }) => {
      const folder = relative(dirname(resolve(out)), resolve(videos)) || ".";
      const rows = /\.csv$/i.test(references)
        ? parseCsv(readFileSync(references, "utf8"), references)
        : readJsonl<Record<string, unknown>>(references).map((fields, at) => ({
            line: at + 1,
            fields,
          }));
      const { clips, without } = listClips(readdirSync(videos), folder, rows, references);
      writeJsonl(out, clips);
      for (const file of without.slice(0, 5)) say(`no reference: ${file}`);
      say(`${clips.length} clips; ${without.length} videos without a reference left out`);
      process.stdout.write(`${resolve(out)}\n`);
    });

const swiftCommand = () =>
  new Command("ms-swift")
    .description("a folder from which ms-swift trains with OPPO's reward and loss")
    .requiredOption("-d, --data <path>", "corpus folder, or JSONL file of clips (see below)")
    .requiredOption("-o, --out <folder>", "where to write")
    .option("-c, --config <file>", "settings (default: configs/ms-swift/qwen2.5-omni.yaml)")
    .option("--set <path=value...>", "override single fields, for example training.gpus=4", [])
    .addOption(
      new Option("--split <name>", "of a corpus folder").choices(splits).default("train" as const),
    )
    .addHelpText(
      "after",
      `
A line of a JSONL file: {"clip_id", "video", "reference", "label" or "labels", "audio"?, "question"?}
  video, audio   paths, relative to the file; audio only with training.audio=separate
  reference      reasoning that names what is seen and heard; its <answer> is the label by default
Writes oppo.json (plugin), serve.json (service), data.jsonl, sft.jsonl, env.sh, serve.sh, sft.sh, colocate.sh,
rollout-server.sh and train-server.sh (vLLM server), ray.sh and ray.yaml (experimental), README.md.`,
    )
    .action(({ config, set, data, split, out }) => {
      const options = readSwiftOptions(config, Array.isArray(set) ? set : []);
      const folder = resolve(out);
      const source = { path: resolve(data), split };
      const { rows, visual, acoustic } = exportSwift(folder, options, source, installed);
      say(`${rows} clips; ${visual} references name something seen, ${acoustic} something heard`);
      process.stdout.write(`${folder}\n`);
    });
