import { Command } from "@commander-js/extra-typings";
import { checkParity, type FileParity } from "../../bench/files/parity/check.ts";
import { checkPublished, type PublishedCheck } from "../../bench/files/parity/published.ts";

/** Mismatches shown of each file. */
const shownMismatches = 5;

/** `oppo parity`: recomputes recorded outputs of the official evaluators, bit for bit. */
export function parityCommand() {
  return new Command("parity")
    .description("recompute recorded outputs of the official evaluators, bit for bit")
    .argument("<folder>", "recorded outputs: ew/, mep/, misc/, mme/, sentiment/, any of them")
    .requiredOption("--data <folder>", "emotion_wheel/, labels/, affectgpt_outputs/, …")
    .option("--json", "print every count and mismatch as JSON")
    .action(async (folder, { data, json }) => {
      const files = await checkParity(folder, data);
      const published = await checkPublished(data);
      const failed =
        files.some(({ mismatches }) => mismatches.length > 0) ||
        published.some((check) => check.got !== check.published);
      process.stdout.write(
        json
          ? `${JSON.stringify({ passed: !failed, files, published }, null, 2)}\n`
          : parityText(files, published),
      );
      if (failed) process.exitCode = 1;
    });
}

/** Counts a file, first mismatches, then the published numbers. */
export function parityText(
  files: readonly FileParity[],
  published: readonly PublishedCheck[],
): string {
  const lines = files.flatMap(({ file, checked, mismatches }) => [
    `${file.padEnd(42)} ${String(checked).padStart(6)} values  ${mismatches.length === 0 ? "equal" : `${mismatches.length} DIFFER`}`,
    ...mismatches
      .slice(0, shownMismatches)
      .map(
        ({ path, expected, got }) =>
          `    ${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`,
      ),
  ]);
  const total = files.reduce((sum, { checked }) => sum + checked, 0);
  const differ = files.reduce((sum, { mismatches }) => sum + mismatches.length, 0);
  lines.push(`${total} values, ${differ} differ`);
  if (published.length > 0) lines.push("", ...publishedLines(published));
  return `${lines.join("\n")}\n`;
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
