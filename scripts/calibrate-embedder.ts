/**
 * Measures how well an embedder tells cues apart, and derives its thresholds
 * (docs/method.md#reward): low = 95th percentile of pairs that don't match, high = median of
 * paraphrases.
 *
 * `npx tsx scripts/calibrate-embedder.ts` measures the bundled encoder with its thesaurus, `--plain`
 * without it, `--base-url http://localhost:8000/v1 --model NAME` one behind a server.
 */
import { parseArgs } from "node:util";
import { mean, quantile } from "../src/core/stats.ts";
import { factorsOf } from "../src/corpus/factors.ts";
import { phrases } from "../src/corpus/lexicon.ts";
import { type EvidenceModality, evidenceModalities } from "../src/cues/cue.ts";
import { compareTexts, embeddedText, type Similarity } from "../src/rewards/index.ts";
import type { Embedder } from "../src/similarity/index.ts";
import { embedderOptions, openEmbedder } from "../src/similarity/index.ts";
import { cuePhrases } from "./cue-phrases.ts";

/** A phrase with what it is about and what it says of it. */
interface Phrase {
  modality: EvidenceModality;
  factor: string;
  value: number;
  text: string;
}
type Relation = "same value" | "same factor, other value" | "other factor";
const relations: readonly Relation[] = ["same value", "same factor, other value", "other factor"];

const lexicon: Phrase[] = evidenceModalities.flatMap((modality) =>
  factorsOf[modality].flatMap((factor) =>
    phrases[factor].flatMap((variants, value) =>
      variants.map((text) => ({ modality, factor, value, text })),
    ),
  ),
);
const plainWords: Phrase[] = evidenceModalities.flatMap((modality) =>
  cuePhrases[modality].flatMap((group, index) =>
    group.map((text) => ({ modality, factor: String(index), value: 0, text })),
  ),
);

const { values } = parseArgs({
  options: {
    plain: { type: "boolean", default: false },
    "base-url": { type: "string" },
    model: { type: "string" },
  },
});
const options = embedderOptions.parse(
  values["base-url"] === undefined
    ? { kind: "use-lite", concepts: !values.plain }
    : { kind: "openai", baseUrl: values["base-url"], model: values.model },
);
const { embedder, calibration } = await openEmbedder(options);

console.log(`${embedder.id}, thresholds in use ${calibration.low}/${calibration.high}\n`);
await report("corpus lexicon", lexicon);
await report("plain words", plainWords);
await embedder.close?.();

async function report(name: string, set: readonly Phrase[]): Promise<void> {
  const pairs = await comparePairs(set, embedder);
  console.log(`${name}: ${set.length} phrases`);
  for (const relation of relations) {
    const group = pairs[relation];
    if (group.length > 0) console.log(`  ${row(relation, group)}`);
  }
  const matching = cosines(pairs["same value"]);
  const others = [...pairs["same factor, other value"], ...pairs["other factor"]];
  const auc = areaUnderCurve(matching, cosines(pairs["other factor"]));
  const caught = others.filter((pair) => !pair.contradicts);
  console.log(`  AUC same value against other factor: ${auc.toFixed(4)}`);
  console.log(
    `  thresholds by the rule: ${quantile(cosines(caught), 0.95).toFixed(2)}/${quantile(matching, 0.5).toFixed(2)}\n`,
  );
}

async function comparePairs(
  set: readonly Phrase[],
  model: Embedder,
): Promise<Record<Relation, Similarity[]>> {
  const vectors = await model.embed(set.map(({ modality, text }) => embeddedText(modality, text)));
  const pairs: Record<Relation, Similarity[]> = {
    "same value": [],
    "same factor, other value": [],
    "other factor": [],
  };
  for (const [i, a] of set.entries()) {
    for (const [j, b] of set.slice(0, i).entries()) {
      // Claims only ever meet cues of their own modality.
      if (a.modality !== b.modality) continue;
      const left = { text: a.text, vector: vectors[i] as Float32Array };
      const right = { text: b.text, vector: vectors[j] as Float32Array };
      pairs[relationOf(a, b)].push(compareTexts(left, right, calibration));
    }
  }
  return pairs;
}

function relationOf(a: Phrase, b: Phrase): Relation {
  if (a.factor !== b.factor) return "other factor";
  return a.value === b.value ? "same value" : "same factor, other value";
}

function row(relation: Relation, group: readonly Similarity[]): string {
  const sorted = cosines(group);
  const percentiles = [0.05, 0.5, 0.95].map((q) => quantile(sorted, q).toFixed(2)).join(" ");
  const opposite = (100 * mean(group.map(({ contradicts }) => Number(contradicts)))).toFixed(1);
  const f = mean(group.map((pair) => pair.f)).toFixed(3);
  return `${relation.padEnd(26)} ${String(group.length).padStart(5)} pairs  cosine 5/50/95 %: ${percentiles}  contradict ${opposite.padStart(5)} %  mean f ${f}`;
}

/** Ascending. */
function cosines(group: readonly Similarity[]): number[] {
  return group.map(({ cosine }) => cosine).sort((a, b) => a - b);
}

/** Probability that a matching pair is more similar than another one; ties count half. */
function areaUnderCurve(matching: readonly number[], others: readonly number[]): number {
  let wins = 0;
  for (const a of matching) {
    for (const b of others) wins += a > b ? 1 : a === b ? 0.5 : 0;
  }
  return wins / (matching.length * others.length);
}
