import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "@commander-js/extra-typings";
import { readClips, splits } from "../../data/index.ts";
import { exportSwift } from "../../export/write.ts";
import { columnsHelp, listFlags, readOptionsOf } from "../list-options.ts";
import { readSwiftOptions } from "../ms-swift.ts";
import { say } from "../print.ts";
import { writeClipList } from "../write-clip-list.ts";

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

function clipsCommand() {
  const command = new Command("clips")
    .description("a list of clips for --data, from a folder of videos and a table of references")
    .requiredOption("-r, --references <list>", "CSV, TSV, JSON or JSONL, one row a video")
    .requiredOption("-o, --out <file>", "JSONL file to write")
    .option("-v <folder>", "the same as --videos");
  for (const option of listFlags()) command.addOption(option);
  return command.addHelpText("after", columnsHelp).action(({ v, references, out, ...flags }) => {
    const read = readOptionsOf({ ...(v !== undefined && { videos: v }), ...flags });
    const list = readClips(references, read, { media: "refuse", text: "every" });
    writeClipList(out, list, references);
    for (const file of list.unused.slice(0, 5)) say(`no reference: ${file}`);
    say(`${list.rows.length} clips; ${list.unused.length} files without a reference left out`);
    process.stdout.write(`${resolve(out)}\n`);
  });
}

function swiftCommand() {
  const command = new Command("ms-swift")
    .description("a folder from which ms-swift trains with OPPO's reward and loss")
    .requiredOption("-d, --data <path>", "corpus folder, or list of clips (see below)")
    .requiredOption("-o, --out <folder>", "where to write")
    .option("-c, --config <file>", "settings (default: configs/ms-swift/qwen2.5-omni.yaml)")
    .option("--set <path=value...>", "override single fields, for example training.gpus=4", [])
    .addOption(
      new Option("--split <name>", "side that trains, of a corpus or a list that has sides")
        .choices(splits)
        .default("train" as const),
    );
  for (const option of listFlags()) command.addOption(option);
  return command
    .addHelpText(
      "after",
      `${columnsHelp}
audio is read only with training.audio=separate.
Writes oppo.json (plugin), serve.json (service), data.jsonl, sft.jsonl, env.sh, serve.sh, sft.sh, colocate.sh,
rollout-server.sh and train-server.sh (vLLM server), ray.sh and ray.yaml (experimental), README.md.`,
    )
    .action(({ config, set, data, split, out, ...flags }) => {
      const options = readSwiftOptions(config, Array.isArray(set) ? set : []);
      const folder = resolve(out);
      const source = { path: resolve(data), split, read: readOptionsOf(flags) };
      const { rows, visual, acoustic, notes } = exportSwift(folder, options, source, installed);
      for (const note of notes) say(`  ${note}`);
      say(`${rows} clips; ${visual} references name something seen, ${acoustic} something heard`);
      process.stdout.write(`${folder}\n`);
    });
}
