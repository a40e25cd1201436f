import { estimatesOverSeeds } from "../../../src/bench/printed/over-seeds.ts";
import { type Hiding, hidings } from "../../../src/bench/printed/passes.ts";
import { courseMetrics, stages } from "../course.ts";
import { type TextKind, textKinds } from "../masked.ts";
import type { Measured } from "../result.ts";
import { cell, difference, estimate, table, trained } from "./cell.ts";

export function maskedTable(measured: Measured): string {
  const head = [
    "KL(p‖p^m) at evidence, nats a token",
    "cold start",
    "trained",
    "change by the full pass",
    "change by the masked pass",
  ];
  const rows = trained(measured).flatMap((system) =>
    textKinds.flatMap((kind) =>
      hidings.map((hiding) => {
        const of = (name: string) => cell(pass(measured, system, kind, `kl/${hiding}/${name}`), 2);
        return [
          `${system}, ${said(kind)}, ${shown(hiding)}`,
          of("before"),
          of("after"),
          of("by-full"),
          of("by-masked"),
        ];
      }),
    ),
  );
  return table(head, rows);
}

export function likelihoodTable(measured: Measured): string {
  const head = [
    "NLL of the clip's reference, nats a token",
    "full pass, cold start",
    "full pass, change",
    "masked by ratio, cold start",
    "masked by ratio, change",
    "blank, cold start",
    "blank, change",
  ];
  const rows = trained(measured).flatMap((system) =>
    (
      [
        ["evidence", "evidence, its stream hidden"],
        ["nll", "all tokens, mean of the two streams hidden"],
      ] as const
    ).map(([stem, words]) => [
      `${system}, ${words}`,
      ...["full", ...hidings].flatMap((name) => [
        cell(pass(measured, system, "reference", `${stem}/${name}/before`), 2),
        cell(change(measured, system, "reference", `${stem}/${name}`), 2),
      ]),
    ]),
  );
  return table(head, rows);
}

export function gapTable({ systems, runs }: Measured): string {
  const head = [
    "blank at evidence of the reference, nats a token",
    "divergence",
    "information",
    "gap",
    "growth of information",
    "growth of gap",
  ];
  const rows = systems.map((system, at) => [
    system,
    ...["divergence", "information", "gap"].map((part) =>
      cell(
        estimate(runs, (run) => run.gap[system]!.estimates[part]!),
        2,
      ),
    ),
    ...["information", "gap"].map((part) =>
      at === 0
        ? "–"
        : cell(
            difference(runs, (run) => run.gap[system]!.changes[part]!),
            2,
          ),
    ),
  ]);
  return table(head, rows);
}

/** What training recorded on its own rollouts, mean ± sd over the runs that came so far. */
export function courseTable(measured: Measured): string {
  const told = trained(measured).filter((system) =>
    measured.runs.some(({ course }) => "reward" in course[system]!.stages["last 10"]!),
  );
  const rows = told.flatMap((system) =>
    stages.map((stage) => [
      `${system}, ${stage}`,
      ...courseMetrics.map((name) => {
        const values = measured.runs.flatMap(
          (run) => run.course[system]!.stages[stage]![name] ?? [],
        );
        const seeds = values.map((value) => ({ value, low: null, high: null, n: 1 }));
        return cell(estimatesOverSeeds(seeds), 2).replace(" [–, –]", "");
      }),
    ]),
  );
  return table(["during training, own rollouts", ...courseMetrics], rows);
}

export const pass = ({ runs }: Measured, system: string, kind: TextKind, name: string) =>
  estimate(runs, (run) => run.masked[system]![kind]!.estimates[name]!);
export const change = ({ runs }: Measured, system: string, kind: TextKind, name: string) =>
  difference(runs, (run) => run.masked[system]![kind]!.changes[name]!);

const said = (kind: TextKind): string =>
  kind === "reference" || kind === "paraphrase" ? `on the ${kind}` : `on ${kind} responses`;
export const shown = (hiding: Hiding): string => (hiding === "ratio" ? "ρ .7" : "blank");

/** Each seed alone, for systems that were stopped at different steps. */
export function seedTable(measured: Measured): string {
  const head = [
    "on the reference, ρ .7, nats a token",
    "KL, cold start",
    "KL, trained",
    "by the full pass",
    "by the masked pass",
    "NLL of evidence, full pass, change",
    "the same masked, change",
  ];
  const rows = trained(measured).flatMap((system) =>
    measured.runs.map((run) => {
      const alone = { ...measured, runs: [run] };
      const kl = ["before", "after", "by-full", "by-masked"].map((name) =>
        cell(pass(alone, system, "reference", `kl/ratio/${name}`), 2),
      );
      const nll = ["full", "ratio"].map((name) =>
        cell(change(alone, system, "reference", `evidence/${name}`), 2),
      );
      const step = run.stopped[system];
      const weights = step === undefined ? "" : `, step ${step}`;
      return [`seed ${run.seed}, ${system}${weights}`, ...kl, ...nll];
    }),
  );
  return table(head, rows);
}
