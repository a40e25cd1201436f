import {
  beats,
  growthAnswer,
  inflatesGap,
  loose,
  reachAnswer,
  tellsFalseFromTrue,
  wins,
} from "../../src/bench/printed/answers.ts";
import { hackNames } from "../../src/bench/printed/hacks.ts";
import {
  differencesOverSeeds,
  estimatesOverSeeds,
  type OverSeeds,
} from "../../src/bench/printed/over-seeds.ts";
import { type Hiding, hidings } from "../../src/bench/printed/passes.ts";
import { deltas, printedDelta } from "../../src/bench/printed/rules.ts";
import type { Difference, Estimate } from "../../src/core/ratio.ts";
import { courseMetrics, stages } from "./course.ts";
import { compared, ownRow } from "./hacks.ts";
import { type TextKind, textKinds } from "./masked.ts";
import type { Measured, RunMeasured } from "./result.ts";

const estimate = (runs: readonly RunMeasured[], of: (run: RunMeasured) => Estimate) =>
  estimatesOverSeeds(runs.map(of));
const difference = (runs: readonly RunMeasured[], of: (run: RunMeasured) => Difference) =>
  differencesOverSeeds(runs.map(of));

/** `mean ± sd` over the runs; of one run its value with the interval over clips. */
export function cell(
  { mean, sd, seeds }: OverSeeds<Estimate> | OverSeeds<Difference>,
  digits = 1,
): string {
  if (mean === null) return "–";
  if (sd !== null) return `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
  const { low = null, high = null } = seeds[0] ?? {};
  const interval = [low, high].map((end) => end?.toFixed(digits) ?? "–").join(", ");
  return `${mean.toFixed(digits)} [${interval}]`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, column) => (column === 0 ? "---" : "---:")));
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** All tables as Markdown, and what the rules say to them. */
export function page(measured: Measured): string {
  return [
    ...stoppedNote(measured),
    "### Reach of the selector",
    reachTable(measured),
    byDelta(measured),
    stretchTable(measured),
    "### What the loss does to each pass",
    maskedTable(measured),
    likelihoodTable(measured),
    gapTable(measured),
    courseTable(measured),
    "### Hacks of the reward",
    hackTable(measured),
    "### What the rules say",
    answers(measured).join("\n"),
  ].join("\n\n");
}

function stoppedNote({ runs }: Measured): string[] {
  const stops = runs.flatMap(({ seed, stopped, course }) =>
    Object.entries(stopped).map(
      ([system, step]) =>
        `seed ${seed}: ${system} was stopped after step ${course[system]!.steps}, weights of step ${step}`,
    ),
  );
  return stops.length === 0 ? [] : [`Stopped by a guard: ${stops.join("; ")}.`];
}

function reachTable({ systems, runs }: Measured): string {
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

function byDelta({ systems, runs }: Measured): string {
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

function stretchTable({ systems, runs }: Measured): string {
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

/** Systems that were trained from the cold start. */
const trained = ({ systems }: Measured): readonly string[] => systems.slice(1);

function maskedTable(measured: Measured): string {
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

function likelihoodTable(measured: Measured): string {
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

function gapTable({ systems, runs }: Measured): string {
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
function courseTable(measured: Measured): string {
  const rows = trained(measured).flatMap((system) =>
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

const pass = ({ runs }: Measured, system: string, kind: TextKind, name: string) =>
  estimate(runs, (run) => run.masked[system]![kind]!.estimates[name]!);
const change = ({ runs }: Measured, system: string, kind: TextKind, name: string) =>
  difference(runs, (run) => run.masked[system]![kind]!.changes[name]!);

const said = (kind: TextKind): string =>
  kind === "reference" || kind === "paraphrase" ? `on the ${kind}` : `on ${kind} responses`;
const shown = (hiding: Hiding): string => (hiding === "ratio" ? "ρ .7" : "blank");

function hackTable({ systems, runs }: Measured): string {
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

/** The rules' answers, a line each. */
export function answers(measured: Measured): string[] {
  const { systems, runs } = measured;
  const at = `reference@${printedDelta}`;
  const reach = systems.map((system) => {
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
  const masked = trained(measured).flatMap((system) =>
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
  const gaps = systems.map((system, at) => {
    const growth = (part: string) => difference(runs, (run) => run.gap[system]!.changes[part]!);
    const part = (name: string) => estimate(runs, (run) => run.gap[system]!.estimates[name]!);
    const inflated = inflatesGap({ gap: growth("gap"), information: growth("information") });
    const grown = at === 0 ? "" : `${inflated ? "training inflated the gap" : "no inflated gap"}, `;
    const bound = loose(part("gap"), part("divergence")) ? "loose" : "not loose";
    return `- ${system}: ${grown}the bound is ${bound}.`;
  });
  const hacks = hackNames.map((name) => {
    const reward = (column: string) => {
      const better = systems.filter((system) =>
        beats(difference(runs, (run) => run.hacks[name]!.lessOwn[system]![column]!)),
      );
      const won = systems.filter((system) =>
        wins(
          difference(runs, (run) => run.hacks[name]!.lessOwn[system]![column]!),
          estimate(runs, (run) => run.hacks[name]!.estimates[column]!),
          estimate(runs, (run) => run.hacks.reference!.estimates[column]!),
        ),
      );
      const list = (names: readonly string[]) => names.join(", ") || "nobody";
      return `${column} beats ${list(better)}${better.length > 0 ? ` (wins over ${list(won)})` : ""}`;
    };
    return `- ${name}: ${compared.map(reward).join("; ")}.`;
  });
  return [...reach, ...masked, ...gaps, ...hacks];
}
