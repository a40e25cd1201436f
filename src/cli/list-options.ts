import { Option } from "@commander-js/extra-typings";
import {
  fieldNames,
  type ListFormat,
  listFormats,
  type ReadOptions,
  vocabulary,
} from "../data/index.ts";
import { given } from "./given.ts";
import { countOrShare } from "./numbers.ts";

/** What the options of `listFlags` give, by commander's names. */
export interface ListFlags {
  format?: ListFormat;
  id?: string;
  text?: string;
  label?: string;
  group?: string;
  subtitle?: string;
  videos?: string;
  audios?: string;
  videoFeatures?: string;
  audioFeatures?: string;
}

/** Where columns are described, for help. */
export const columnsHelp = `
Columns are found by name, media by the clip's id or by a path relative to the list: docs/data.md.`;

/** What a list's columns hold, and its form: for commands that read texts alone. */
export function columnFlags(): Option[] {
  const columns = fieldNames.flatMap((field) => {
    const known = vocabulary[field];
    if (!("option" in known)) return [];
    return [new Option(`${known.option} <column>`, `column that holds ${known.meaning}`)];
  });
  const format = new Option("--format <name>", "form of the list (default: by its content)");
  return [...columns, format.choices(listFormats)];
}

/** How a list of clips is read: the same options for every command that reads one. */
export function listFlags(): Option[] {
  return [
    ...columnFlags(),
    new Option("--videos <folder>", "films, called as the clips' ids"),
    new Option("--audios <folder>", "sounds, where they are files of their own"),
    new Option("--video-features <path>", "features of the picture: folder, or one file by id"),
    new Option("--audio-features <path>", "features of the sound: folder, or one file by id"),
  ];
}

/** How the clips that train are divided between the cold start and reinforcement learning. */
export const coldStartFlag = () =>
  new Option(
    "--cold-start <clips>",
    "training clips for the cold start, drawn at random, the others for reinforcement learning: 5000, or a share such as 0.2",
  ).argParser(countOrShare);

/** Options for `readClips`. */
export function readOptionsOf(flags: ListFlags): ReadOptions {
  const { id, text, label, group, subtitle, videoFeatures, audioFeatures } = flags;
  return {
    columns: given({ id, text, label, group, subtitle }),
    features: given({ video: videoFeatures, audio: audioFeatures }),
    ...given({ format: flags.format, videos: flags.videos, audios: flags.audios }),
  } as ReadOptions;
}
