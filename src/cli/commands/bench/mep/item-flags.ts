import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { sha256 } from "../../../../core/files.ts";
import { columnFlags } from "../../../list-options.ts";
import { embedderNames } from "./tools.ts";

/** What every command that freezes items asks about its list, and what chooses absent cues. */
export const itemFlags = (): Option[] => [
  ...columnFlags(),
  new Option("--where <column=value>", "only these rows, for example split=test"),
  new Option("--subtitle-from-text", "take the subtitle that the reference quotes"),
  new Option("--embedder <name>", `chooses absent cues: ${embedderNames.join(", ")}`).default(
    "use-lite+concepts",
  ),
  new Option("--embedder-base-url <url>", "OpenAI-compatible server of that embedding model"),
  new Option("--embedder-cache <file>", "JSONL file that keeps vectors"),
];

/** What items name in place of an extractor whose cues they did not take: the file and its bytes. */
export const cueFileId = (file: string): string =>
  `file:${basename(file)}@${sha256(readFileSync(file)).slice(0, 12)}`;
