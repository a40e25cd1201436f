import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "@commander-js/extra-typings";
import { counted } from "../../core/counted.ts";
import { ConfigError } from "../../core/errors.ts";
import { readClips, splits } from "../../data/index.ts";
import { makeEqual } from "../../export/equal-clips/equal-clips.ts";
import { checkMedia } from "../../export/media-check.ts";
import { runPresetNames } from "../../export/presets.ts";
import { exportSwift, openDataset } from "../../export/write.ts";
import { factsFolder } from "../facts-folder.ts";
import { coldStartFlag, columnsHelp, listFlags, readOptionsOf } from "../list-options.ts";
import { readSwiftOptions } from "../ms-swift.ts";
import { positive } from "../numbers.ts";
import { progressPrinter, say } from "../print.ts";
import { refuseOwnList, writeClipList } from "../write-clip-list.ts";

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
  return command
    .option("--seconds <s>", "write every clip anew, so long: with --size", positive)
    .option("--size <WxH>", "and so large, in pixels, for example 320x240", pixels)
    .option("--fps <rate>", "and with so many frames a second", positive, 25)
    .option("--runs <folder>", "folder of runs; facts about files are kept there", "runs")
    .addHelpText(
      "after",
      `${columnsHelp}
With --seconds and --size clips are made equal, as swap masks need them, in a folder beside the list: longer ones
are cut, shorter ones hold their last frame and go on in silence, pictures are scaled whole, with black bars.`,
    )
    .action(async ({ v, references, out, seconds, size, fps, runs, ...flags }) => {
      const read = readOptionsOf({ ...(v !== undefined && { videos: v }), ...flags });
      const list = readClips(references, read, { media: "refuse", text: "every" });
      const equal = sizeOf(seconds, size, fps);
      if (equal) refuseOwnList(out, references);
      const folder = `${resolve(out).replace(/\.jsonl$/i, "")}-clips`;
      const cache = factsFolder(runs);
      const made =
        equal &&
        (await makeEqual(list.rows, { ...equal, folder, cache, progress: progressPrinter() }));
      const rows = made?.rows ?? list.rows;
      writeClipList(
        out,
        { ...list, rows, notes: [...list.notes, ...(made?.notes ?? [])] },
        references,
      );
      for (const file of list.unused.slice(0, 5)) say(`no reference: ${file}`);
      say(
        `${counted(rows.length, "clip")}; ${counted(list.unused.length, "file")} without a reference left out`,
      );
      process.stdout.write(`${resolve(out)}\n`);
    });
}

/** "320x240". @throws ConfigError `OPTION_SIZE` */
function pixels(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)[x×](\d+)$/.exec(text) ?? [];
  if (Number(width) > 0 && Number(height) > 0) {
    return { width: Number(width), height: Number(height) };
  }
  throw new ConfigError("OPTION_SIZE", `'${text}' is no size`, { hint: "for example 320x240" });
}

function sizeOf(
  seconds: number | undefined,
  size: { width: number; height: number } | undefined,
  fps: number,
) {
  if (seconds === undefined && size === undefined) return undefined;
  if (seconds !== undefined && size !== undefined) return { seconds, fps, ...size };
  throw new ConfigError("OPTION_SIZE", "--seconds and --size go together", {
    hint: "`oppo inspect` proposes both",
  });
}

function swiftCommand() {
  const command = new Command("ms-swift")
    .description("a folder from which ms-swift trains with OPPO's reward and loss")
    .requiredOption("-d, --data <path>", "corpus folder, or list of clips (see below)")
    .requiredOption("-o, --out <folder>", "where to write")
    .option("-c, --config <file>", "settings (default: configs/ms-swift/qwen2.5-omni.yaml)")
    .addOption(
      new Option(
        "--preset <name>",
        "a whole run: paper* as OPPO's paper prints it, others ours",
      ).choices(runPresetNames),
    )
    .option("--set <path=value...>", "override single fields, for example training.gpus=4", [])
    .addOption(
      new Option("--split <name>", "side that trains, of a corpus or a list that has sides")
        .choices(splits)
        .default("train" as const),
    );
  for (const option of listFlags()) command.addOption(option);
  return command
    .addOption(coldStartFlag())
    .option("--no-media-check", "open no clip: faults are then found on the cluster")
    .option("--runs <folder>", "folder of runs; facts about files are kept there", "runs")
    .addHelpText(
      "after",
      `${columnsHelp}
audio is read only with training.audio=separate.
Writes oppo.json (plugin), serve.json (service), data.jsonl, sft.jsonl, env.sh, serve.sh, sft.sh, colocate.sh,
rollout-server.sh and train-server.sh (vLLM server), ray.sh and ray.yaml (experimental), README.md.`,
    )
    .action(
      async ({ config, preset, set, data, split, coldStart, out, mediaCheck, runs, ...flags }) => {
        const options = readSwiftOptions(config, Array.isArray(set) ? set : [], preset);
        const folder = resolve(out);
        const source = {
          path: resolve(data),
          split,
          read: readOptionsOf(flags),
          ...(coldStart !== undefined && { coldStart }),
        };
        const dataset = openDataset(options, source);
        const look = { cache: factsFolder(runs), progress: progressPrinter() };
        const clips = [...dataset.rows, ...(dataset.coldStart ?? [])];
        const checked = mediaCheck ? await checkMedia(clips, options, data, look) : [];
        const written = exportSwift(folder, options, source, installed, dataset);
        const { rows, visual, acoustic, notes } = written;
        for (const note of [...notes, ...checked]) say(`  ${note}`);
        say(
          `${counted(rows, "clip")}${written.apart ? " of reinforcement learning" : ""}; references: ${visual} with something seen, ${acoustic} with something heard`,
        );
        process.stdout.write(`${folder}\n`);
      },
    );
}
