import type { BenchmarkResult, MetricResult, SetResult } from "../../ask/result.ts";
import { type MepScore, mepMetrics } from "../reference/score.ts";

/** A MEP score as a benchmark's result: all samples as one set, splits as further ones. */
export function mepResult(
  model: string,
  score: MepScore,
  more: {
    usage?: NonNullable<BenchmarkResult["usage"]>;
    /** Questions without an answer, by error code. */
    failures?: Record<string, number>;
  } = {},
): BenchmarkResult {
  const { protocol } = score;
  const { extractors, embedders } = protocol;
  const sets: SetResult[] = [set("all samples", score, score.estimates, more.failures)];
  if (score.splits !== undefined) {
    sets.push(set("congruent", score, score.splits.congruent));
    sets.push(set("conflict", score, score.splits.conflict));
  }
  return {
    benchmark: "mep",
    model,
    sets,
    protocol: {
      name: protocol.version,
      promptsHash: protocol.promptsHash,
      tools: {
        "reference cues": extractors.reference,
        "answer cues": extractors.answers,
        matching: embedders.matching,
        "absent probes": embedders.items,
        parsers: protocol.parsers.join(", "),
      },
      settings: {
        items: protocol.itemsHash,
        mask: protocol.mask,
        thresholds: protocol.thresholds.join(", "),
        headline: protocol.headline,
        "item seed": protocol.itemSeed,
        "bootstrap draws": protocol.bootstrap.draws,
        "bootstrap seed": protocol.bootstrap.seed,
      },
    },
    notes: notes(score),
    ...(more.usage !== undefined && { usage: more.usage }),
  };
}

function set(
  name: string,
  score: MepScore,
  estimates: MepScore["estimates"],
  failures?: Record<string, number>,
): SetResult {
  const { thresholds, headline } = score.protocol;
  const order = [headline, ...thresholds.filter((threshold) => threshold !== headline)];
  const metrics = mepMetrics(order).map(
    ({ id, label, unit, better }): MetricResult => ({
      id,
      label: id.includes("@") ? `${label}, τ ${id.slice(id.indexOf("@") + 1)}` : label,
      ...estimates[id]!,
      unit,
      better,
    }),
  );
  const { asked, answered, failed } = score.counts;
  const share = estimates["probe-unparseable"];
  const unparseable = Math.round(((share?.value ?? 0) * (share?.n ?? 0)) / 100);
  const counts = { asked, answered, failed, unparseable, ...(failures && { failures }) };
  return { name, metrics, counts };
}

function notes({ counts, protocol, estimates }: MepScore): string[] {
  const out: string[] = [];
  if (counts.failed > 0) {
    out.push(`${counts.failed} of ${counts.asked} questions have no answer and are in no number.`);
  }
  if (counts.extra > 0) out.push(`${counts.extra} answers belong to no question of these items.`);
  if (protocol.extractors.reference !== protocol.extractors.answers) {
    out.push("Reference cues and answers were read by different extractors.");
  }
  if (estimates["probe-masked"]?.value === null) {
    out.push("Utilization only: no probe was answered, so nothing is said about faithfulness.");
  }
  return out;
}
