import { maskedMetrics } from "./masked-metrics.ts";
import type { Metric } from "./metric.ts";
import { probeMetrics } from "./probe-metrics.ts";
import { responseMetrics } from "./response-metrics.ts";

/** The whole catalogue, in the order of reports. */
export const metrics: readonly Metric[] = [...responseMetrics, ...maskedMetrics, ...probeMetrics];

/** 100 for percentages, 1 for counts, by metric id. */
export const metricScales: Readonly<Record<string, number>> = Object.fromEntries(
  metrics.map(({ id, unit }) => [id, unit === "percent" ? 100 : 1]),
);
