import { parseArgs } from "node:util";
import { ConfigError, OppoError } from "../src/core/errors.ts";
import { drawForeignClips } from "./foreign-clips/draw.ts";

/**
 * Draws a folder of clips that stand for somebody's own, with a table of descriptions and no truth:
 * `npx tsx scripts/foreign-clips.ts OUT [--clips 66] [--seed 1] [--separate] [--features] [--bad]`.
 */
async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [folder, ...more] = positionals;
  if (!folder || more.length > 0) throw usage("give one folder to write to");
  const { separate, features, bad } = values;
  const clips = wholeNumber("--clips", values.clips);
  const drawn = await drawForeignClips(folder, {
    clips,
    seed: wholeNumber("--seed", values.seed),
    separate,
    features,
    bad,
    onClip: (done, total) => {
      if (done % 10 === 0 || done === total) process.stderr.write(`${done} of ${total} clips\n`);
    },
  });
  process.stdout.write(`${drawn.rows.length} clips in ${drawn.videos}, table ${drawn.table}\n`);
}

function readArguments() {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        clips: { type: "string", default: "66" },
        seed: { type: "string", default: "1" },
        separate: flag,
        features: flag,
        bad: flag,
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw usage(`${name} takes a whole number above 0, not '${text}'`);
}

const usage = (message: string): ConfigError =>
  new ConfigError("USAGE", message, {
    hint: "foreign-clips.ts OUT [--clips 66] [--seed 1] [--separate] [--features] [--bad]",
  });

try {
  await main();
} catch (error) {
  if (!(error instanceof OppoError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
