import {
  beats,
  growthAnswer,
  inflatesGap,
  loose,
  reachAnswer,
  tellsFalseFromTrue,
  wins,
} from "../../../src/bench/printed/answers.ts";
import { hackNames } from "../../../src/bench/printed/hacks.ts";
import { hidings } from "../../../src/bench/printed/passes.ts";
import { printedDelta } from "../../../src/bench/printed/rules.ts";
import { compared } from "../hacks.ts";
import type { Measured } from "../result.ts";
import { difference, estimate, trained } from "./cell.ts";
import { change, pass, shown } from "./passes.ts";

/** The rules' answers, a line each. */
export function answers(measured: Measured): string[] {
  return [
    ...reachLines(measured),
    ...growthLines(measured),
    ...gapLines(measured),
    ...hackLines(measured),
  ];
}

function reachLines({ systems, runs }: Measured): string[] {
  const at = `reference@${printedDelta}`;
  return systems.map((system) => {
    const reached = estimate(runs, (run) => run.reach[system]![at]!.claims["false reached"]!);
    const tells = tellsFalseFromTrue(
      difference(runs, (run) => run.reach[system]![at]!.falseLessTrue),
    );
    const words = {
      never: "never reaches false claims",
      does: "reaches false claims",
      "in part": "reaches false claims in part",
    }[reachAnswer(reached)];
    return `- ${system}: the printed selector ${words}, and ${tells ? "tells" : "does not tell"} false from true.`;
  });
}

function growthLines(measured: Measured): string[] {
  return trained(measured).flatMap((system) =>
    hidings.map((hiding) => {
      const answer = growthAnswer({
        byFull: pass(measured, system, "reference", `kl/${hiding}/by-full`),
        byMasked: pass(measured, system, "reference", `kl/${hiding}/by-masked`),
        full: change(measured, system, "reference", "evidence/full"),
        masked: change(measured, system, "reference", `evidence/${hiding}`),
      });
      return `- ${system}, ${shown(hiding)}: growth of the divergence: ${answer}.`;
    }),
  );
}

function gapLines({ systems, runs }: Measured): string[] {
  return systems
    .filter((system) => runs.every(({ gap }) => system in gap))
    .map((system, at) => {
      const growth = (part: string) => difference(runs, (run) => run.gap[system]!.changes[part]!);
      const part = (name: string) => estimate(runs, (run) => run.gap[system]!.estimates[name]!);
      const inflated = inflatesGap({ gap: growth("gap"), information: growth("information") });
      const grown = at === 0 ? "" : inflated ? "training inflated the gap, " : "no inflated gap, ";
      const bound = loose(part("gap"), part("divergence")) ? "loose" : "not loose";
      return `- ${system}: ${grown}the bound is ${bound}.`;
    });
}

function hackLines({ systems, runs }: Measured): string[] {
  return hackNames.map((name) => {
    const reward = (column: string) => {
      const less = (system: string) =>
        difference(runs, (run) => run.hacks[name]!.lessOwn[system]![column]!);
      const earned = (text: string) => estimate(runs, (run) => run.hacks[text]!.estimates[column]!);
      const better = systems.filter((system) => beats(less(system)));
      const won = systems.filter((system) => wins(less(system), earned(name), earned("reference")));
      const list = (names: readonly string[]) => names.join(", ") || "nobody";
      return `${column} beats ${list(better)}${better.length > 0 ? ` (wins over ${list(won)})` : ""}`;
    };
    return `- ${name}: ${compared.map(reward).join("; ")}.`;
  });
}
