/**
 * How fast the embedded policy trains and samples, on both executors, beside PyTorch and Hugging
 * Face `generate` on the same machine in the same run; what each objective costs; how cost grows.
 * `npm run bench:engine -- --help` lists the options; docs/performance.md reads the numbers.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { progressPrinter, say } from "../src/cli/print.ts";
import { BenchError, OppoError } from "../src/core/errors.ts";
import { writeFileAtomic, writeJson } from "../src/core/files.ts";
import { versions } from "../src/runs/versions.ts";
import {
  type Context,
  type Section,
  type SectionName,
  sectionNames,
} from "./bench-engine/context.ts";
import { yardstickPython } from "./bench-engine/environment.ts";
import { exportWork } from "./bench-engine/export.ts";
import { load, type Report, reportMarkdown, stolenShare, ticks } from "./bench-engine/report.ts";
import { ceiling } from "./bench-engine/sections/ceiling.ts";
import { demoTimes } from "./bench-engine/sections/demo.ts";
import { objectiveCosts } from "./bench-engine/sections/objectives.ts";
import { parity } from "./bench-engine/sections/parity.ts";
import { profile } from "./bench-engine/sections/profile.ts";
import { sampling } from "./bench-engine/sections/sampling.ts";
import { scaling } from "./bench-engine/sections/scaling.ts";
import { steps } from "./bench-engine/sections/steps.ts";
import { replaceMeasured } from "./bench-engine/table.ts";
import { Yardstick, type YardstickVersions } from "./bench-engine/yardstick.ts";

const usage = `npm run bench:engine -- [options]
  --quick          2 rounds instead of 7
  --rounds N       rounds of the interleaved measurements (fewer where one takes longer than 20 s)
  --threads 1,2    thread counts
  --only a,b       sections: ${sectionNames.join(", ")}
  --objectives a,b objectives of that section, by the names in its table (default: all)
  --no-pytorch     leave the PyTorch yardstick out
  --python PATH    interpreter that has torch, transformers and safetensors (default: one of our own,
                   made in node_modules/.cache from scripts/yardstick/requirements.txt)
  --demo FOLDER    also report the stages of a finished demo run (runs/demo)
  --out FILE.md    write the report there, and the numbers beside it as FILE.json
  --write FILE.md  replace the measured part of this page (docs/performance.md)
`;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    threads: { type: "string" },
    only: { type: "string" },
    objectives: { type: "string" },
    "no-pytorch": { type: "boolean", default: false },
    python: { type: "string" },
    demo: { type: "string" },
    out: { type: "string" },
    write: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const measures: Record<SectionName, (context: Context) => Promise<Section>> = {
  parity,
  steps,
  sampling,
  ceiling,
  objectives: objectiveCosts,
  scaling,
  profile,
};

/** Sections that compare with PyTorch. */
const withYardstick: readonly SectionName[] = ["parity", "steps", "sampling", "ceiling"];

function chosenSections(): SectionName[] {
  if (values.only === undefined) return [...sectionNames];
  return values.only.split(",").map((name) => {
    const found = sectionNames.find((known) => known === name);
    if (found) return found;
    throw new BenchError("SECTION_UNKNOWN", `no section is called '${name}'`, {
      path: "--only",
      hint: `sections: ${sectionNames.join(", ")}`,
    });
  });
}

/** A page that cannot be written is found out before the measurements, not after them. */
function checkPage(): void {
  if (!values.write) return;
  if (values.only) {
    throw new BenchError("OPTION", "--write replaces all tables of a page, --only makes a few", {
      hint: "leave --only out, or use --out",
    });
  }
  replaceMeasured(readFileSync(values.write, "utf8"), "", values.write);
}

function positiveIntegers(text: string, path: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((value) => Number.isInteger(value) && value > 0)) return numbers;
  throw new BenchError("OPTION", `'${text}' is not a list of positive integers`, { path });
}

/** For one of the 27 measurements; on a quiet machine all rounds fit. */
const secondsEach = 20;

interface Started {
  yardsticks: Yardstick[];
  versions?: YardstickVersions;
  reason?: string;
}

/** The PyTorch processes, or why there are none: the rest of the benchmark runs without them. */
async function startYardsticks(folder: string, threads: readonly number[]): Promise<Started> {
  if (values["no-pytorch"]) return { yardsticks: [], reason: "--no-pytorch was given" };
  const yardsticks: Yardstick[] = [];
  try {
    const python = values.python ?? (await yardstickPython(say));
    let found: YardstickVersions | undefined;
    for (const count of threads) {
      const started = await Yardstick.start(python, folder, count);
      yardsticks.push(started.yardstick);
      found = started.versions;
    }
    return { yardsticks, ...(found ? { versions: found } : {}) };
  } catch (error) {
    for (const yardstick of yardsticks) await yardstick.close();
    const reason = (error as Error).message;
    say(`  no PyTorch yardstick: ${reason}`);
    return { yardsticks: [], reason };
  }
}

async function main(): Promise<void> {
  const began = performance.now();
  const before = load();
  const ticksBefore = ticks();
  const chosen = chosenSections();
  checkPage();
  const [rounds = 7] = values.quick ? [2] : positiveIntegers(values.rounds ?? "7", "--rounds");
  const cores = availableParallelism();
  const threads = values.threads
    ? positiveIntegers(values.threads, "--threads").sort((a, b) => a - b)
    : [1, 2].filter((count) => count <= cores);
  const folder = mkdtempSync(join(tmpdir(), "oppo-bench-engine-"));
  let started: Started = { yardsticks: [], reason: "no section that needs it was asked for" };
  try {
    if (chosen.some((name) => withYardstick.includes(name))) {
      await exportWork(folder, threads.at(-1)!);
      started = await startYardsticks(folder, threads);
    }
    const context: Context = {
      quick: values.quick,
      limits: { rounds, seconds: secondsEach },
      threads,
      yardsticks: started.yardsticks,
      withoutYardstick: started.reason,
      objectives: values.objectives?.split(/,(?! )/),
      folder,
      ceilings: new Map(),
      progress: progressPrinter(),
      say,
    };
    const sections: Section[] = values.demo ? [demoTimes(values.demo)] : [];
    for (const [at, name] of chosen.entries()) {
      say(
        `${name} (${at + 1} of ${chosen.length}, ${Math.round((performance.now() - began) / 1000)} s so far)`,
      );
      sections.push(await measures[name](context));
    }
    const different = sections
      .find(({ name }) => name === "parity")
      ?.targets.some(({ met }) => !met);
    if (different) {
      say("the sides did not compute the same: see parity; times below compare different work");
      process.exitCode = 1;
    }
    write({
      command: ["npm run bench:engine", ...process.argv.slice(2)]
        .join(" ")
        .replace("engine ", "engine -- "),
      date: new Date().toISOString().slice(0, 10),
      versions: versions(),
      yardstick: started.versions ?? started.reason,
      load: { before, after: load() },
      stolen: stolenShare(ticksBefore, ticks()),
      seconds: (performance.now() - began) / 1000,
      sections,
    });
  } finally {
    for (const yardstick of started.yardsticks) await yardstick.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function write(report: Report): void {
  const markdown = reportMarkdown(report);
  process.stdout.write(markdown);
  if (values.out) {
    writeFileAtomic(values.out, markdown);
    writeJson(values.out.replace(/(\.md)?$/, ".json"), report);
  }
  if (values.write) {
    const page = readFileSync(values.write, "utf8");
    writeFileAtomic(values.write, replaceMeasured(page, markdown, values.write));
  }
}

if (values.help) process.stdout.write(usage);
else {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    say(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
