import {
  type BootstrapOptions,
  type Estimate,
  estimateJoined,
  type JoinedSeries,
  seriesOf,
} from "../../../core/ratio.ts";
import type { MepMetric } from "./metric.ts";

/** By id of the metric. */
export type Estimates = Record<string, Estimate>;

/** A metric over observations of any kind. */
interface Measured<Observation> extends Pick<MepMetric, "id" | "unit" | "join"> {
  parts: readonly ((observation: Observation) => readonly [part: number, whole: number])[];
}

/** What every metric counts, observation by observation: for estimates and paired differences. */
export function seriesByMetric<Observation>(
  metrics: readonly Measured<Observation>[],
  observations: readonly Observation[],
): Record<string, JoinedSeries> {
  return Object.fromEntries(
    metrics.map(({ id, parts, join }) => [
      id,
      { parts: parts.map((part) => seriesOf(observations.map(part))), join },
    ]),
  );
}

/** Every metric with its interval over the observations. */
export function estimateAll(
  metrics: readonly Pick<MepMetric, "id" | "unit">[],
  series: Readonly<Record<string, JoinedSeries>>,
  options: BootstrapOptions,
): Estimates {
  return Object.fromEntries(
    metrics.map(({ id, unit }) => {
      const { parts, join } = series[id]!;
      return [id, estimateJoined(parts, join, scaleOf(unit), options)];
    }),
  );
}

export const scaleOf = (unit: MepMetric["unit"]): number => (unit === "percent" ? 100 : 1);
