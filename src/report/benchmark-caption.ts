import type { BenchmarkResult, SetResult } from "../bench/ask/result.ts";
import {
  type BenchmarkGroup,
  countedSets,
  differingFacts,
  protocolFacts,
  rowDistinction,
  shownName,
} from "./benchmark-format.ts";
import { failuresOf, spent } from "./benchmark-spent.ts";
import { type Html, html, systemClass } from "./html.ts";

/**
 * Under a table: what the numbers rest on, where the rows differ in it, what failed, what it cost.
 */
export function caption(group: BenchmarkGroup): Html {
  const { results } = group;
  const differing = differingFacts(results);
  const [first] = results;
  const shared = Object.entries(first === undefined ? {} : protocolFacts(first)).filter(
    ([name]) => !differing.includes(name),
  );
  return html`<div class="protocol"><h3>Protocol</h3>
${
  differing.length === 0
    ? null
    : html`<p class="warning">The rows differ in ${differing.join(", ")}: they don't simply compare.</p>`
}
${pairs(shared)}
${results.map((result, index) => modelFacts(result, index, differing, countedSets(group, result)))}</div>`;
}

/** A model's name for a row; under it what tells it from other rows of the same model. */
export function rowName(result: BenchmarkResult, results: readonly BenchmarkResult[]): Html {
  const distinction = rowDistinction(result, results);
  return html`${shownName(result)}${distinction === "" ? null : html`<small>${distinction}</small>`}`;
}

function modelFacts(
  result: BenchmarkResult,
  index: number,
  differing: readonly string[],
  counted: readonly SetResult[],
): Html {
  const facts = protocolFacts(result);
  const own = differing.map((name): [string, string] => [name, facts[name] ?? "–"]);
  const named = result.name === undefined ? [] : [["model", result.model] as const];
  const checkpoints = result.sets.flatMap(({ name, checkpoint }) =>
    checkpoint === undefined ? [] : `${name} ${checkpoint}`,
  );
  const chosen = checkpoints.length === 0 ? [] : [["checkpoints", checkpoints.join(", ")] as const];
  const failures = failuresOf(counted);
  return html`<div class="${systemClass(index + 1)} model"><h4 class="key">${shownName(result)}</h4>
${pairs([...named, ["answered", answered(counted)], ...chosen, ...own, ...spent(result)])}
${failures.length === 0 ? null : html`<p class="flaw">Failures: ${failures.join(", ")}</p>`}
${result.notes.length === 0 ? null : html`<ul>${result.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</div>`;
}

function answered(sets: readonly SetResult[]): string {
  const total = (of: "asked" | "answered") => sets.reduce((sum, set) => sum + set.counts[of], 0);
  return `${total("answered")} of ${total("asked")}`;
}

function pairs(entries: readonly (readonly [string, string])[]): Html {
  return html`<dl class="pairs">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
