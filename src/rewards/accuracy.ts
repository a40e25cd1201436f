import type { AccuracyOptions } from "./options.ts";

/**
 * R_acc in [0, 1] (spec §3). Closed set: 1 for exactly the label, so a list of labels gets 0.
 * Open vocabulary: F1 between label sets, at most `maxLabels` of the answer read; with a `wheel`,
 * labels of one group count as equal. An empty answer, or an empty label, gets 0.
 */
export function accuracyReward(answer: string, label: string, options: AccuracyOptions): number {
  if (options.mode === "closed") {
    const given = normaliseLabel(answer);
    return given !== "" && given === normaliseLabel(label) ? 1 : 0;
  }
  const read = parseLabels(answer).slice(0, options.maxLabels);
  return setF1(groups(read, options), groups(parseLabels(label), options));
}

/** Labels of a free answer: "happy, excited and proud" has three. */
export function parseLabels(text: string): string[] {
  const labels = text.split(/[,;/|\n]|\band\b/i).map(normaliseLabel);
  return labels.filter((label) => label !== "");
}

function normaliseLabel(text: string): string {
  return text
    .toLowerCase()
    .trim()
    .replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
}

function groups(labels: readonly string[], { wheel }: AccuracyOptions): Set<string> {
  return new Set(labels.map((label) => wheel?.[label] ?? label));
}

function setF1(given: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  const total = given.size + wanted.size;
  const shared = [...given].filter((label) => wanted.has(label)).length;
  return total === 0 ? 0 : (2 * shared) / total;
}
