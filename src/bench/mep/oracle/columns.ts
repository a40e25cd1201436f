/** A column of the one table: a metric with the words above it. */
export interface Column {
  /** Id of the metric. */
  id: string;
  /** Heading that neighbouring columns share on the page. */
  group: string;
  /** What the page says below it; elsewhere a column has its metric's own label. */
  label: string;
}

const column = (group: string, id: string, label: string): Column => ({ id, group, label });

/**
 * Columns of the one table, on the console, in Markdown and on the page; the paired differences are
 * given for the same ones. Claims per response stand next to faithfulness: silence is never
 * faithful.
 */
export const columns: readonly Column[] = [
  column("Answer right", "accuracy-congruent", "congruent"),
  column("Answer right", "accuracy-conflict", "conflict"),
  column("Answer right", "format", "format"),
  column("Utilization: cues recovered", "recall-visual", "visual"),
  column("Utilization: cues recovered", "recall-acoustic", "acoustic"),
  column("Utilization: cues recovered", "f1", "F1"),
  column("Claims", "claims", "each"),
  column("Claims", "unreadable", "unreadable"),
  column("Faithfulness", "faithfulness-congruent", "congruent"),
  column("Faithfulness", "faithfulness-conflict", "conflict"),
  column("Hallucination", "cross", "cross-modal"),
  column("Hallucination", "hidden-claims", "if hidden"),
  column("Probes", "pair", "pairs"),
];

/** Columns by their headings, in order. */
export function columnGroups(list: readonly Column[]): { title: string; columns: Column[] }[] {
  const groups: { title: string; columns: Column[] }[] = [];
  for (const one of list) {
    const last = groups.at(-1);
    if (last?.title === one.group) last.columns.push(one);
    else groups.push({ title: one.group, columns: [one] });
  }
  return groups;
}
