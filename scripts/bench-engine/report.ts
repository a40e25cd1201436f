import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import type { Versions } from "../../src/runs/versions.ts";
import type { Section, Target } from "./context.ts";
import { shape } from "./subject.ts";
import { markdownTable } from "./table.ts";
import type { YardstickVersions } from "./yardstick.ts";

/** Everything of one run of the benchmark. */
export interface Report {
  command: string;
  date: string;
  versions: Versions;
  /** Or why PyTorch was left out. */
  yardstick: YardstickVersions | string | undefined;
  /** Load average of the machine before and after: what else was running. */
  load: { before: number; after: number };
  /**
   * Share of the processors' time meanwhile that the host gave to others; undefined where nobody
   * says.
   */
  stolen: number | undefined;
  seconds: number;
  sections: readonly Section[];
}

export const load = (): number => loadavg()[0]!;

/**
 * Ticks of all processors since the start: those that a virtual machine's host gave to others, and
 * all.
 */
export interface Ticks {
  stolen: number;
  all: number;
}

/** Linux alone counts them. */
export function ticks(file = "/proc/stat"): Ticks | undefined {
  if (!existsSync(file)) return undefined;
  const [, user, nice, system, idle, wait, irq, softirq, stolen] = readFileSync(file, "utf8")
    .split("\n", 1)[0]!
    .split(/\s+/)
    .map(Number) as [number, number, number, number, number, number, number, number, number];
  return { stolen, all: user + nice + system + idle + wait + irq + softirq + stolen };
}

export function stolenShare(before: Ticks | undefined, after: Ticks | undefined) {
  if (!before || !after || after.all === before.all) return undefined;
  return (after.stolen - before.stolen) / (after.all - before.all);
}

export function reportMarkdown(report: Report): string {
  const targets = report.sections.flatMap((section) => section.targets);
  const parts = [
    machine(report),
    targets.length > 0 ? "### Targets" : "",
    targets.length > 0
      ? markdownTable(
          ["target", "measured", ""],
          targets.map((target) => [target.goal, target.measured, verdict(target)]),
        )
      : "",
    ...report.sections.flatMap(({ title, markdown }) => [`### ${title}`, markdown]),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function verdict({ met }: Target): string {
  if (met === undefined) return "not measured";
  return met ? "met" : "**missed**";
}

function machine(report: Report): string {
  const { command, date, versions, yardstick, load, stolen, seconds } = report;
  const { packages } = versions;
  const torch =
    typeof yardstick === "object"
      ? `PyTorch ${yardstick.torch}, transformers ${yardstick.transformers}, Python ${yardstick.python}`
      : `without PyTorch (${yardstick})`;
  return (
    `\`${command}\`, ${date}, ${Math.round(seconds / 60)} min; ${versions.cores} cores of ${versions.cpu}, ` +
    `load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after${taken(stolen)}; ` +
    `${versions.platform}, Node ` +
    `${versions.node}, onnxruntime-node ${packages["onnxruntime-node"]}, jax-js ` +
    `${packages["@jax-js/jax"]}; ${torch}. The policy: ${shape.layers} layers of width ${shape.width}, ` +
    `vocabulary ${shape.vocabulary}, ${shape.video.tokens} + ${shape.audio.tokens} media tokens of ` +
    `${shape.video.dim} and ${shape.audio.dim} features.`
  );
}

function taken(share: number | undefined): string {
  if (share === undefined) return "";
  return `, ${Math.round(100 * share)} % of their time taken by the host meanwhile`;
}
