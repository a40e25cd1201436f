import { cueModalities } from "../cues/cue.ts";
import { formatTerm } from "./format.ts";
import type { ReadResponse, ScoredResponse, ScoreItem } from "./scored.ts";
import type { RewardTerm } from "./term.ts";
import { quote, show } from "./wording.ts";

/** What only scorers that read clauses have. */
const readingOf = ({ paper }: Pick<ReadResponse, "paper">) => {
  if (!paper) throw new TypeError("a term of the printed reward needs the clauses of the response");
  return paper;
};

const paperAccuracyTerm: RewardTerm<"accuracy"> = {
  name: "accuracy",
  weight: ({ weights }) => weights.accuracy,
  option: "weights.accuracy",
  score: (response) => readingOf(response).accuracy?.value ?? null,
  explain: (scored, { labels }) => {
    const { accuracy } = readingOf(scored);
    if (!accuracy) return ["accuracy left out: the clip has no label"];
    const how = accuracy.by === "wheels" ? "mean F1 of the emotion wheels" : "F1 of label words";
    const given = quote(scored.parsed.answer?.text ?? "");
    const wanted = labels.map(quote).join(", ");
    return [`accuracy ${show(accuracy.value)}: answer ${given}, labels ${wanted} (${how})`];
  },
  doc: {
    title: "Accuracy: F1 of label words, mean over emotion wheels where they are at hand",
    formula: String.raw`R_{acc} = \frac1W\sum_w F_1(g_w(\text{answers}), g_w(\text{labels}))`,
    anchor: "reward-as-printed",
    fidelity:
      "exact with the five wheels in `accuracy.wheel`; without them F1 of the words, and each result says which",
  },
};

const paperFormatTerm: RewardTerm<"format"> = {
  name: "format",
  weight: ({ paper }) => paper.format,
  option: "paper.format",
  score: formatTerm.score,
  explain: formatTerm.explain,
  doc: { ...formatTerm.doc, anchor: "reward-as-printed" },
};

const omniTerm: RewardTerm<"omni"> = {
  name: "omni",
  weight: ({ paper }) => paper.alpha,
  option: "paper.alpha",
  score: (response) => readingOf(response).omni.value,
  explain: (scored, item, { paper }) => omniLines(scored, item, paper.delta),
  doc: {
    title: "Omni-Perception Reward as printed: a sum of three means of recall, 0 to 3",
    formula: String.raw`R_{omni} = \sum_{C' \in \{C_V, C_A, C_E\}} \frac1{|C'|}\sum_{c \in C'} \frac{[\max_k \cos(e(c), e(u_k)) - \delta]_+}{1-\delta}`,
    anchor: "reward-as-printed",
    fidelity:
      "exact: maximum over clauses, threshold and stretch, sum of three means; ours: an empty set of cues adds 0 (not stated), cues by rules in the place of GPT-5's, the embedder that the experiment names in the place of Qwen3-Embedding",
  },
};

/** R = R_acc + R_fmt + α R_omni: a plain sum, format a summand. */
export const paperTerms = [
  paperAccuracyTerm,
  paperFormatTerm,
  omniTerm,
] as const satisfies readonly RewardTerm[];

function omniLines(scored: ScoredResponse, { reference }: ScoreItem, delta: number): string[] {
  const { omni, clauses } = readingOf(scored);
  const means = cueModalities.map((modality) => `${modality} ${show(omni.means[modality])}`);
  const clause = (at: number | null) => (at === null ? "" : quote(clauses[at]!.text));
  return [
    `omni ${show(omni.value)} = ${means.join(" + ")}`,
    ...omni.cues.map(({ best, clause: at, score }, row) => {
      const cue = quote(reference.cues[row]!.text);
      if (at === null) return `    - cue ${cue} missed: no clause`;
      const sign = score > 0 ? "+" : "-";
      return `    ${sign} cue ${cue}: nearest clause ${clause(at)}, cosine ${best.toFixed(2)}, s ${show(score)} (threshold ${delta})`;
    }),
    ...clauses.flatMap(({ text, cue, modality, cosine }) =>
      cue === null
        ? []
        : [
            `    ${modality} evidence ${quote(text)}: cue ${quote(reference.cues[cue]!.text)}, cosine ${cosine.toFixed(2)}`,
          ],
    ),
  ];
}
