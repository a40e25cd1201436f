import { loadavg } from "node:os";
import type { Versions } from "../../src/runs/versions.ts";
import type { Section } from "./context.ts";
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
  seconds: number;
  sections: readonly Section[];
}

export const load = (): number => loadavg()[0]!;

export function reportMarkdown(report: Report): string {
  const targets = report.sections.flatMap((section) => section.targets);
  const parts = [
    machine(report),
    targets.length > 0 ? "### Targets" : "",
    targets.length > 0
      ? markdownTable(
          ["target", "measured", ""],
          targets.map(({ goal, measured, met }) => [goal, measured, met ? "met" : "**missed**"]),
        )
      : "",
    ...report.sections.flatMap(({ title, markdown }) => [`### ${title}`, markdown]),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function machine({ command, date, versions, yardstick, load, seconds }: Report): string {
  const { packages } = versions;
  const torch =
    typeof yardstick === "object"
      ? `PyTorch ${yardstick.torch}, transformers ${yardstick.transformers}, Python ${yardstick.python}`
      : `without PyTorch (${yardstick})`;
  return (
    `\`${command}\`, ${date}, ${Math.round(seconds / 60)} min; ${versions.cores} cores of ${versions.cpu}, ` +
    `load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after; ${versions.platform}, Node ` +
    `${versions.node}, onnxruntime-node ${packages["onnxruntime-node"]}, jax-js ` +
    `${packages["@jax-js/jax"]}; ${torch}. The policy: ${shape.layers} layers of width ${shape.width}, ` +
    `vocabulary ${shape.vocabulary}, ${shape.video.tokens} + ${shape.audio.tokens} media tokens of ` +
    `${shape.video.dim} and ${shape.audio.dim} features.`
  );
}
