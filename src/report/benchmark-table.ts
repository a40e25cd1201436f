import type { BenchmarkResult } from "../bench/ask/result.ts";
import { type BenchmarkGroup, countedSets, protocolFacts, shownName } from "./benchmark-format.ts";
import { failuresOf, spent } from "./benchmark-spent.ts";
import { type BenchmarkViews, benchmarkViews, groupsOf } from "./benchmark-view.ts";

/**
 * The same results as Markdown, for a terminal or a repository: a table a benchmark and its
 * protocol.
 */
export function benchmarkMarkdown(
  results: readonly BenchmarkResult[],
  views: BenchmarkViews = benchmarkViews,
): string {
  return groupsOf(results, views)
    .map(({ group, view }) => {
      const facts = group.results.map((result) => factsOf(group, result)).join("\n");
      return `## ${group.title}\n\n${view.markdown(group)}\n\n${facts}\n`;
    })
    .join("\n");
}

function factsOf(group: BenchmarkGroup, result: BenchmarkResult): string {
  const own = Object.entries(protocolFacts(result)).map(([name, value]) => `${name} ${value}`);
  const checkpoints = result.sets.flatMap(({ name, checkpoint }) =>
    checkpoint === undefined ? [] : `${name} ${checkpoint}`,
  );
  if (checkpoints.length > 0) own.push(`checkpoints ${checkpoints.join(", ")}`);
  if (result.name !== undefined) own.unshift(`model ${result.model}`);
  own.push(...spent(result).map(([name, value]) => `${name} ${value}`));
  const failures = failuresOf(countedSets(group, result));
  if (failures.length > 0) own.push(`failures ${failures.join(", ")}`);
  const notes = result.notes.map((note) => `\n  - ${note}`);
  return `- ${shownName(result)}: ${own.join("; ")}${notes.join("")}`;
}
