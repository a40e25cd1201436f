import { existsSync } from "node:fs";
import { Command, Option } from "@commander-js/extra-typings";
import type { Experiment } from "../../config/schema.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";
import { columnFlags, readOptionsOf } from "../list-options.ts";
import { checkClips, checkSystems, checkVariants } from "../stages/checks.ts";
import { openClips } from "../stages/clips.ts";
import { openData } from "../stages/data.ts";
import { runEvaluation } from "../stages/evaluate.ts";
import { freezeBenchmark } from "../stages/items.ts";
import { runReport } from "../stages/report.ts";
import { runCeiling, runSft } from "../stages/sft.ts";
import { systemsOf } from "../stages/systems.ts";
import { runTraining } from "../stages/train.ts";
import { layoutOf, openWorkspace } from "../workspace.ts";
import { benchCommand } from "./bench.ts";
import { cuesCommand } from "./cues.ts";
import { doctorCommand } from "./doctor.ts";
import { experimentCommand, jobsOption, quickConfig, readExperiment } from "./experiment.ts";
import { runExperiment } from "./experiment-run.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { inspectCommand } from "./inspect.ts";
import { parityCommand } from "./parity.ts";
import { runCommand } from "./run.ts";
import { scoreCommand } from "./score.ts";
import { serveCommand } from "./serve.ts";

/** Adds every command to the program. */
export function addCommands(program: Command): Command {
  return program
    .addCommand(demo())
    .addCommand(runCommand())
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
    .addOption(jobsOption())
    .action(async (options) => {
      const chosen = options.quick ? { ...options, config: quickConfig } : options;
      await runExperiment(await readExperiment(chosen), options);
    });

const corpus = () =>
  experimentCommand("corpus", "write the synthetic corpus of an experiment").action(
    async (options) => {
      const workspace = openWorkspace(await readExperiment(options), options.runs);
      const { source } = await openData(workspace);
      const { experiment, progress } = workspace;
      await source.features({ options: experiment.features, progress });
      process.stdout.write(`${workspace.layout.corpus}\n`);
    },
  );

const sft = () =>
  experimentCommand(
    "sft",
    "supervised cold start, and the ceiling where the config has one",
  ).action(async (options) => {
    const { workspace, clips } = await prepared(await readExperiment(options), options.runs);
    await runSft(workspace, clips);
    process.stdout.write(`${workspace.layout.system(coldStart).final}\n`);
    if (!workspace.experiment.ceiling) return;
    await runCeiling(workspace, clips);
    process.stdout.write(`${workspace.layout.system(ceiling).final}\n`);
  });

const train = () =>
  experimentCommand("train", "reinforcement learning from the cold start")
    .option("--variant <name...>", "variants to train (default: all)")
    .action(async (options) => {
      const experiment = await readExperiment(options);
      const all = Object.keys(experiment.variants);
      const chosen = Array.isArray(options.variant) ? options.variant : all;
      checkVariants(experiment, chosen);
      const { workspace, clips } = await prepared(experiment, options.runs);
      await runSft(workspace, clips);
      for (const name of chosen) {
        await runTraining(workspace, clips, name);
        process.stdout.write(`${workspace.layout.system(name).final}\n`);
      }
    });

const evaluate = () =>
  experimentCommand("eval", "measure trained systems on the frozen MEP-Bench items")
    .option("--system <name...>", "systems to measure (default: all)")
    .action(async (options) => {
      const experiment = await readExperiment(options);
      const all = systemsOf(experiment);
      const chosen = Array.isArray(options.system) ? options.system : all;
      checkSystems(experiment, layoutOf(experiment, options.runs), chosen);
      const { workspace, clips } = await prepared(experiment, options.runs);
      for (const system of chosen) {
        await runEvaluation(workspace, clips, system);
        const { evaluation, referenceEvaluation } = workspace.layout.system(system);
        for (const file of [evaluation, referenceEvaluation].filter(existsSync)) {
          process.stdout.write(`${file}\n`);
        }
      }
    });

const report = () =>
  experimentCommand("report", "write report.html and the table; evaluates what is missing").action(
    async (options) => {
      const experiment = await readExperiment(options);
      const all = systemsOf(experiment);
      checkSystems(experiment, layoutOf(experiment, options.runs), all);
      const { workspace, clips } = await prepared(experiment, options.runs);
      const results = [];
      for (const system of all) {
        results.push(await runEvaluation(workspace, clips, system));
      }
      process.stdout.write(
        `${await runReport(workspace, clips, results)}\n${workspace.layout.report}\n`,
      );
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

/** Clips checked, items frozen, features at hand: what every later stage begins with. */
async function prepared(experiment: Experiment, runs: string) {
  const workspace = openWorkspace(experiment, runs);
  const data = await openData(workspace);
  checkClips(workspace, data);
  await freezeBenchmark(workspace, data);
  return { workspace, clips: await openClips(workspace, data) };
}
