import { deltas, printedDelta } from "../../../src/bench/printed/rules.ts";
import type { Measured } from "../result.ts";
import { cell, difference, estimate, table } from "./cell.ts";

export function reachTable({ systems, runs }: Measured): string {
  const head = [
    `δ ${printedDelta}, percent`,
    "true claims reached",
    "false reached",
    "cross-modal reached",
    "unreadable reached",
    "false − true",
    "false reached without a true claim beside",
    "of true reached: wrong stream",
    "of false reached: wrong stream",
  ];
  const names = [`reference@${printedDelta}`, "own"];
  const rows = systems.flatMap((system) =>
    names.map((selector) => {
      const of = (name: string) =>
        cell(estimate(runs, (run) => run.reach[system]![selector]!.claims[name]!));
      return [
        `${system}, ${selector.split("@")[0]}`,
        of("true reached"),
        of("false reached"),
        of("cross-modal reached"),
        of("unreadable reached"),
        cell(difference(runs, (run) => run.reach[system]![selector]!.falseLessTrue)),
        of("false alone"),
        of("true misrouted"),
        of("false misrouted"),
      ];
    }),
  );
  return table(head, rows);
}

export function byDelta({ systems, runs }: Measured): string {
  const head = ["reached, percent: true / false / cross-modal", ...deltas.map((d) => `δ ${d}`)];
  const rows = systems.map((system) => [
    system,
    ...deltas.map((delta) =>
      ["true", "false", "cross-modal"]
        .map((kind) => {
          const name = `${kind} reached`;
          const { mean } = estimate(
            runs,
            (run) => run.reach[system]![`reference@${delta}`]!.claims[name]!,
          );
          return mean?.toFixed(0) ?? "–";
        })
        .join(" / "),
    ),
  ]);
  return table(head, rows);
}

export function stretchTable({ systems, runs }: Measured): string {
  const kinds = ["true", "mixed", "false", "none"];
  const head = [
    `clauses picked at δ ${printedDelta}, percent`,
    "only true claims",
    "true and others",
    "no true claim",
    "no claim at all",
  ];
  const rows = systems.map((system) => [
    system,
    ...kinds.map((kind) =>
      cell(
        estimate(runs, (run) => run.reach[system]![`reference@${printedDelta}`]!.stretches[kind]!),
      ),
    ),
  ]);
  return table(head, rows);
}
