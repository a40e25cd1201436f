/*
 * What the printed method can and cannot do, on finished runs of the demo whose clips' truth is
 * known: which hallucinations its selector reaches, what its loss does to each pass, and which
 * texts win its reward without perceiving anything (docs/printed.md).
 *
 *   npm run printed -- runs/demo runs/demo-seed3 runs/demo-seed4 --out printed.json
 *
 * Prints Markdown tables, mean ± sd over the runs; the JSON has every run with its intervals.
 */
import "../src/core/globals.ts";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import {
  deltas,
  gapStreams,
  printedMask,
  printedRules,
  rules,
} from "../src/bench/printed/rules.ts";
import { endWithReader, faultText } from "../src/cli/fault.ts";
import { wholeNumber } from "../src/cli/numbers.ts";
import { progressPrinter, say } from "../src/cli/print.ts";
import { writeJson } from "../src/core/files.ts";
import { versions } from "../src/runs/versions.ts";
import { measureRun } from "./printed/measure.ts";
import { type Measured, readMeasured, sameSystems } from "./printed/result.ts";
import { openFinishedRun } from "./printed/run-folder.ts";
import { page } from "./printed/tables/page.ts";

const command = new Command("printed")
  .description("what the printed method can and cannot do, measured on finished runs of the demo")
  .argument("<run...>", "run folders, one a seed; or one JSON written before, to print again")
  .option("--systems <name...>", "these trained systems alone; the cold start is always measured")
  .option("--clips <count>", "the first held-out clips alone: a quick look", wholeNumber(1))
  .option("--plain-encoder", "similarities of the run's encoder without its thesaurus", false)
  .option("--no-passes", "reach and hacks alone, which read no policy: a tenth of the time")
  .option("--draws <count>", "bootstrap draws", wholeNumber(1), 1000)
  .option("--out <file>", "where the JSON is written", "printed.json")
  .action(async (folders, { systems, clips, draws, plainEncoder, passes, out }) => {
    const [first] = folders as [string, ...string[]];
    if (first.endsWith(".json") && existsSync(first)) {
      process.stdout.write(`${page(readMeasured(first))}\n`);
      return;
    }
    const progress = progressPrinter();
    const wanted = { only: Array.isArray(systems) ? systems : undefined, limit: clips };
    const runs = [];
    const known: { folder: string; systems: readonly string[] }[] = [];
    for (const folder of folders) {
      const run = await openFinishedRun(resolve(folder), wanted, progress);
      known.push({ folder, systems: sameSystems(known[0], { folder, systems: run.systems }) });
      for (const [system, step] of Object.entries(run.stopped)) {
        say(`  ! ${folder}: ${system} was stopped; its weights are those of step ${step}`);
      }
      const options = { draws, plain: plainEncoder, passes };
      runs.push({ ...(await measureRun(run, options, progress)), folder });
    }
    const measured: Measured = {
      rulesVersion: printedRules,
      rules,
      settings: {
        deltas,
        mask: printedMask,
        gapStreams,
        draws,
        plainEncoder,
        passes,
        ...(clips !== undefined && { clips }),
      },
      versions: versions(),
      systems: known[0]!.systems,
      runs,
    };
    writeJson(out, measured);
    process.stdout.write(`${page(measured)}\n`);
    say(`\n${out}`);
  });

endWithReader(process.stdout);
try {
  await command.parseAsync();
} catch (error) {
  const text = faultText(error);
  if (text === undefined) throw error;
  say(`\n${text}`);
  process.exitCode = 1;
}
