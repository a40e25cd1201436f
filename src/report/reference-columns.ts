import { type ReferenceMetric, referenceMetrics } from "../bench/mep/reference/compare.ts";
import type { ReferenceResult } from "../bench/mep/reference/evaluate.ts";

/** A column of the reference track's table; `label` is short and stands below `group`. */
export interface ReferenceColumn extends ReferenceMetric {
  group: string;
}

/** The table's columns under their headings; `@` stands for the headline threshold. */
const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Answer: { accuracy: "right", format: "format" },
  "Cues of the reference recovered": { "recall-visual@": "visual", "recall-acoustic@": "acoustic" },
  "Against habit": { "utilization@": "recall", "shuffled@": "other clip" },
  Claims: { "claims-visual": "visual", "claims-acoustic": "acoustic" },
  "Claims if hidden": { "masked-claims-visual": "visual", "masked-claims-acoustic": "acoustic" },
  Probes: { "probe-pair": "pairs", "probe-absent": "absent" },
};

/** Columns for page, console and Markdown, with what each number means. */
export function referenceColumns({ score }: ReferenceResult): ReferenceColumn[] {
  const { headline, thresholds } = score.protocol;
  const metrics = new Map(referenceMetrics(thresholds).map((metric) => [metric.id, metric]));
  return Object.entries(groups).flatMap(([group, columns]) =>
    Object.entries(columns).map(([id, label]) => ({
      ...metrics.get(id.replace(/@$/, `@${headline}`))!,
      group,
      label,
    })),
  );
}
