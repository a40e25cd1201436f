import { Command, Option } from "@commander-js/extra-typings";
import { columnFlags, readOptionsOf } from "../list-options.ts";
import { makeCorpus, openClips } from "../stages/clips.ts";
import { freezeBenchmark, runEvaluation } from "../stages/evaluate.ts";
import { coldStart } from "../stages/policy.ts";
import { runReport } from "../stages/report.ts";
import { runSft } from "../stages/sft.ts";
import { runTraining } from "../stages/train.ts";
import { openWorkspace } from "../workspace.ts";
import { benchCommand } from "./bench.ts";
import { cuesCommand } from "./cues.ts";
import { doctorCommand } from "./doctor.ts";
import { experimentCommand, quickConfig, readExperiment } from "./experiment.ts";
import { runExperiment } from "./experiment-run.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { inspectCommand } from "./inspect.ts";
import { parityCommand } from "./parity.ts";
import { scoreCommand } from "./score.ts";
import { serveCommand } from "./serve.ts";

/** Adds every command to the program. */
export function addCommands(program: Command): Command {
  return program
    .addCommand(demo())
    .addCommand(corpus())
    .addCommand(sft())
    .addCommand(train())
    .addCommand(evaluate())
    .addCommand(report())
    .addCommand(benchCommand())
    .addCommand(inspectCommand())
    .addCommand(parityCommand())
    .addCommand(scoreCommand())
    .addCommand(cues())
    .addCommand(serveCommand())
    .addCommand(importCommand())
    .addCommand(exportCommand())
    .addCommand(doctorCommand()) as unknown as Command;
}

const demo = () =>
  experimentCommand("demo", "the whole experiment, from clips to report; resumes where it was")
    .addOption(
      new Option("--quick", "the small version: the same path in under two minutes").conflicts(
        "config",
      ),
    )
    .action((options) =>
      runExperiment(
        readExperiment(options.quick ? { ...options, config: quickConfig } : options),
        options.runs,
      ),
    );

const corpus = () =>
  experimentCommand("corpus", "write the synthetic corpus of an experiment").action(
    async (options) => {
      const workspace = openWorkspace(readExperiment(options), options.runs);
      await makeCorpus(workspace);
      process.stdout.write(`${workspace.layout.corpus}\n`);
    },
  );

const sft = () =>
  experimentCommand("sft", "supervised cold start").action(async (options) => {
    const { workspace, clips } = await prepared(options);
    await runSft(workspace, clips);
    process.stdout.write(`${workspace.layout.system(coldStart).final}\n`);
  });

const train = () =>
  experimentCommand("train", "reinforcement learning from the cold start")
    .option("--variant <name...>", "variants to train (default: all)")
    .action(async (options) => {
      const { workspace, clips } = await prepared(options);
      await runSft(workspace, clips);
      const all = Object.keys(workspace.experiment.variants);
      const chosen = Array.isArray(options.variant) ? options.variant : all;
      for (const name of chosen) {
        await runTraining(workspace, clips, name);
        process.stdout.write(`${workspace.layout.system(name).final}\n`);
      }
    });

const evaluate = () =>
  experimentCommand("eval", "measure trained systems on the frozen MEP-Bench items")
    .option("--system <name...>", "systems to measure (default: cold start and all variants)")
    .action(async (options) => {
      const { workspace, clips } = await prepared(options);
      for (const system of systems(workspace.experiment.variants, options.system)) {
        await runEvaluation(workspace, clips, system);
        process.stdout.write(`${workspace.layout.system(system).evaluation}\n`);
      }
    });

const report = () =>
  experimentCommand("report", "write report.html and the table; evaluates what is missing").action(
    async (options) => {
      const { workspace, clips } = await prepared(options);
      const results = [];
      for (const system of systems(workspace.experiment.variants, undefined)) {
        results.push(await runEvaluation(workspace, clips, system));
      }
      process.stdout.write(`${runReport(workspace, clips, results)}\n${workspace.layout.report}\n`);
    },
  );

const cues = () => {
  const command = new Command("cues")
    .description("decompose the reasoning texts of a list into cues")
    .argument("<list>", "CSV, TSV, JSON or JSONL, one text a row; columns found by name");
  for (const option of columnFlags()) command.addOption(option);
  return command
    .option("--json", "one JSON object a text, then the agreement")
    .option("--limit <texts>", "print only so many", Number)
    .option("--ids <id...>", "only these texts")
    .addOption(
      new Option("--split <side>", "one side of the fixed split by hash of the id").choices([
        "development",
        "held-out",
      ] as const),
    )
    .option("--column <name>", "the same as --text")
    .action((file, { json, limit, ids, split, column, ...flags }) => {
      cuesCommand(file, {
        ...(json ? { json } : {}),
        ...(limit === undefined ? {} : { limit }),
        ...(Array.isArray(ids) ? { ids } : {}),
        ...(split === undefined ? {} : { split }),
        read: readOptionsOf({ ...(column === undefined ? {} : { text: column }), ...flags }),
      });
    });
};

function systems(variants: Record<string, unknown>, chosen: string[] | true | undefined): string[] {
  return Array.isArray(chosen) ? chosen : [coldStart, ...Object.keys(variants)];
}

/** Corpus written and decoded, items frozen: what every later stage begins with. */
async function prepared(options: Parameters<typeof readExperiment>[0] & { runs: string }) {
  const workspace = openWorkspace(readExperiment(options), options.runs);
  await makeCorpus(workspace);
  const clips = await openClips(workspace);
  freezeBenchmark(workspace, clips);
  return { workspace, clips };
}
