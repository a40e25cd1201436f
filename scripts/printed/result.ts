import { printedRules, type rules } from "../../src/bench/printed/rules.ts";
import { RunError } from "../../src/core/errors.ts";
import { readJson } from "../../src/core/files.ts";
import type { Course } from "./course.ts";
import type { Gap } from "./gap.ts";
import type { Hacks } from "./hacks.ts";
import type { Masked } from "./masked.ts";
import type { Reach } from "./reach.ts";

/** What was measured on one run; every number with its 95 % interval over clips. */
export interface RunMeasured {
  folder: string;
  seed: number;
  clips: number;
  itemsHash: string;
  /** Systems that a guard stopped, by the step whose weights were measured. */
  stopped: Readonly<Record<string, number>>;
  /** What training recorded on its own rollouts, by system. */
  course: Record<string, Course>;
  /** What trained the run. */
  trainedWith: unknown;
  reach: Record<string, Reach>;
  /** By system, the cold start left out. */
  masked: Record<string, Masked>;
  gap: Record<string, Gap>;
  hacks: Hacks;
}

/** The JSON that the command writes. */
export interface Measured {
  rulesVersion: string;
  rules: typeof rules;
  settings: Record<string, unknown>;
  /** What measured. */
  versions: unknown;
  systems: readonly string[];
  runs: RunMeasured[];
}

interface RunSystems {
  folder: string;
  systems: readonly string[];
}

/** @throws RunError SYSTEMS_DIFFER where a run has other systems than the first. */
export function sameSystems(first: RunSystems | undefined, run: RunSystems): readonly string[] {
  if (!first || first.systems.join() === run.systems.join()) return run.systems;
  throw new RunError(
    "SYSTEMS_DIFFER",
    `has ${run.systems.join(", ")}; ${first.folder} has ${first.systems.join(", ")}`,
    { file: run.folder, hint: "name what all of them have with --systems" },
  );
}

/** @throws RunError RESULT_FOREIGN for a JSON that this version of the command did not write. */
export function readMeasured(file: string): Measured {
  const read = readJson<Partial<Measured>>(file);
  const whole = read.runs?.every(({ course, gap, hacks }) => course && gap && hacks) ?? false;
  if (whole && read.rulesVersion === printedRules) return read as Measured;
  throw new RunError("RESULT_FOREIGN", `holds no result by the rules ${printedRules}`, {
    file,
    hint: "give run folders, or a JSON that --out wrote with this version",
  });
}
