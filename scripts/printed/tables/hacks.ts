import { hackNames } from "../../../src/bench/printed/hacks.ts";
import { ownRow } from "../hacks.ts";
import type { Measured } from "../result.ts";
import { cell, estimate, table } from "./cell.ts";

export function hackTable({ systems, runs }: Measured): string {
  const columns = ["R_omni", "R_omni visual", "R_omni acoustic", "R_omni emotion", "ours F1"];
  const head = ["mean reward of", ...columns, "tokens"];
  const rows = [...systems.map(ownRow), ...hackNames].map((text) => [
    text,
    ...columns.map((column) =>
      cell(
        estimate(runs, (run) => run.hacks[text]!.estimates[column]!),
        2,
      ),
    ),
    (runs.reduce((sum, run) => sum + run.hacks[text]!.tokens, 0) / runs.length).toFixed(0),
  ]);
  return table(head, rows);
}
