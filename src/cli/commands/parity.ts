import { statSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { checkParity, type FileParity } from "../../bench/files/parity/check.ts";
import { checkPublished, type PublishedCheck } from "../../bench/files/parity/published.ts";
import { counted } from "../../core/counted.ts";
import { ConfigError } from "../../core/errors.ts";
import { checkPaperVectors, type PaperCheck } from "../paper-vectors.ts";

/** Mismatches shown of each file. */
const shownMismatches = 5;

/**
 * `oppo parity`: recomputes recorded outputs of the official evaluators, bit for bit, or a file of
 * worked examples of the printed OPPO.
 */
export function parityCommand() {
  return new Command("parity")
    .description(
      "recompute recorded outputs of the official evaluators, or worked examples of the printed OPPO",
    )
    .argument(
      "<path>",
      "folder of recorded outputs (ew/, mep/, misc/, mme/, sentiment/, any of them), or a JSON file of worked examples",
    )
    .option("--data <folder>", "for a folder: emotion_wheel/, labels/, affectgpt_outputs/, …")
    .option("--json", "print every count and mismatch as JSON")
    .action(async (folder, { data, json }) => {
      const found = statSync(folder, { throwIfNoEntry: false });
      if (!found) {
        throw new ConfigError("PARITY_PATH", "there is no such file or folder", {
          file: folder,
          hint: "name a folder of recorded outputs, or a JSON file of worked examples such as src/loss/paper-vectors.json",
        });
      }
      if (found.isFile()) {
        const checks = checkPaperVectors(folder);
        const passed = checks.every(({ mismatches }) => mismatches.length === 0);
        process.stdout.write(
          json ? `${JSON.stringify({ passed, checks }, null, 2)}\n` : paperText(checks),
        );
        if (!passed) process.exitCode = 1;
        return;
      }
      if (data === undefined) {
        throw new ConfigError("PARITY_DATA", "--data is missing", {
          hint: "for a folder of recorded outputs name the evaluators' data; a file of worked examples needs none",
        });
      }
      const files = await checkParity(folder, data);
      const published = await checkPublished(data);
      const failed =
        files.some((file) => file.mismatches.length > 0 || notCompared(file)) ||
        published.some((check) => check.got !== check.published);
      process.stdout.write(
        json
          ? `${JSON.stringify({ passed: !failed, files, published }, null, 2)}\n`
          : parityText(files, published),
      );
      if (failed) process.exitCode = 1;
    });
}

/** A line a case, its first mismatches below. */
function paperText(checks: readonly PaperCheck[]): string {
  const lines = checks.flatMap(({ kind, name, checked, mismatches }) => [
    `${kind.padEnd(8)} ${name.padEnd(66)} ${String(checked).padStart(4)} values  ${verdictOf(mismatches)}`,
    ...mismatchLines(mismatches),
  ]);
  const total = checks.reduce((sum, { checked }) => sum + checked, 0);
  const differ = checks.reduce((sum, { mismatches }) => sum + mismatches.length, 0);
  lines.push(`${checks.length} cases, ${total} values, ${differ} differ`);
  lines.push("largest difference allowed: 1e-9, of gradients 1e-6");
  return `${lines.join("\n")}\n`;
}

type Mismatches = FileParity["mismatches"] | PaperCheck["mismatches"];

const verdictOf = (mismatches: Mismatches): string =>
  mismatches.length === 0 ? "equal" : `${mismatches.length} DIFFER`;

const mismatchLines = (mismatches: Mismatches): string[] =>
  mismatches
    .slice(0, shownMismatches)
    .map(
      ({ path, expected, got }) =>
        `    ${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
    );

/** A file that was refused, or a row of it: that nothing differs says nothing then. */
const notCompared = ({ bad, refused }: FileParity): boolean =>
  bad.length > 0 || refused !== undefined;

const fileVerdict = ({ mismatches, bad, refused }: FileParity): string => {
  if (refused !== undefined) return "NOT COMPARED";
  const rows = bad.length === 0 ? "" : `, ${counted(bad.length, "row")} NOT COMPARED`;
  return `${verdictOf(mismatches)}${rows}`;
};

const badLines = ({ bad, refused }: FileParity): string[] => [
  ...(refused === undefined ? [] : [`    ${refused.message}`]),
  ...bad.slice(0, shownMismatches).map(({ path, why }) => `    row ${path}: ${why}`),
];

/** Counts a file, first mismatches, then the published numbers. */
export function parityText(
  files: readonly FileParity[],
  published: readonly PublishedCheck[],
): string {
  const lines = files.flatMap((one) => [
    `${one.file.padEnd(42)} ${String(one.checked).padStart(6)} values  ${fileVerdict(one)}`,
    ...mismatchLines(one.mismatches),
    ...badLines(one),
  ]);
  const total = files.reduce((sum, { checked }) => sum + checked, 0);
  const differ = files.reduce((sum, { mismatches }) => sum + mismatches.length, 0);
  lines.push(`${total} values, ${differ} differ${leftOut(files)}`);
  if (published.length > 0) lines.push("", ...publishedLines(published));
  return `${lines.join("\n")}\n`;
}

function leftOut(files: readonly FileParity[]): string {
  const refused = files.filter((file) => file.refused !== undefined).length;
  const rows = files.reduce((sum, { bad }) => sum + bad.length, 0);
  if (refused + rows === 0) return "";
  return `; not compared: ${counted(refused, "file")}, ${counted(rows, "row")}`;
}

function publishedLines(published: readonly PublishedCheck[]): string[] {
  return [
    "AffectGPT from its stored predictions, % (published · recomputed · corrected mapping)",
    ...published.map(({ set, checkpoint, published, got, corrected }) => {
      const verdict = got === published ? "equal" : "DIFFERS";
      return `${set.padEnd(12)} checkpoint ${checkpoint}  ${published}  ${got}  ${corrected ?? "—"}  ${verdict}`;
    }),
  ];
}
