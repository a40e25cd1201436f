import { RewardError } from "../core/errors.ts";
import { trimDecoration } from "../core/trim-outer.ts";
import type { AccuracyOptions } from "./options.ts";
import type { RewardTerm } from "./term.ts";
import { quote, show } from "./wording.ts";

/** Group of a label on an emotion wheel; labels of one group count as equal. */
export type GroupOf = (label: string) => string;

/**
 * R_acc in [0, 1] (docs/method.md#accuracy). Closed set and one label: 1 for exactly the label, so
 * a list that holds it gets 0. Open vocabulary, or several labels: F1 between the sets of labels,
 * at most `maxLabels` of the answer read. An empty answer gets 0. null without any label: nothing to
 * compare with.
 */
export function accuracyReward(
  answer: string,
  labels: string | readonly string[],
  options: AccuracyOptions,
  groupOf: GroupOf = groupsOf(options),
): number | null {
  const wanted = [labels].flat().filter((label) => normaliseLabel(label) !== "");
  if (wanted.length === 0) return null;
  if (options.mode === "closed" && wanted.length === 1) {
    return normaliseLabel(answer) === normaliseLabel(wanted[0] as string) ? 1 : 0;
  }
  const read = parseLabels(answer).slice(0, options.maxLabels);
  return setF1(new Set(read.map(groupOf)), new Set(wanted.flatMap(parseLabels).map(groupOf)));
}

/** Between labels: punctuation of any script, list marks, words, and emoji ("happy 😊 excited"). */
const between =
  /[,;/|\n\r，、；／｜&＆•·‧●▪]|\b(?:and|or)\b|\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200D|\uFE0F)*|(?<!\p{N})\p{Nd}{1,2}(?:[.)）、．](?!\p{Nd})|\uFE0F?\u20E3)/giu;
/** "(80%)", "80 %", ": 0.8": how sure the model is. */
const shares =
  /\p{Nd}{1,3}(?:[.,]\p{Nd}{1,4})?\s?[%％]|[:：(（=]\s?[01]?[.]\p{Nd}{1,4}(?!\p{Nd})/gu;

/**
 * Labels of a free answer: "happy, excited and proud" has three, and so has a numbered list, one
 * with percentages, in backticks, or with emoji.
 */
export function parseLabels(text: string): string[] {
  const labels = text.replace(shares, " ").split(between).map(normaliseLabel);
  return labels.filter((label) => label !== "");
}

/**
 * Groups as the options spell them out; a label without one stands for itself.
 * @throws RewardError WHEEL_UNREAD where the options name a folder, which whoever does I/O must
 *   read.
 */
export function groupsOf({ wheel }: AccuracyOptions): GroupOf {
  if (typeof wheel === "string") {
    throw new RewardError("WHEEL_UNREAD", `the emotion wheel in ${wheel} was not read`, {
      path: "accuracy.wheel",
      hint: "hand its groups to createScorer as groupOf, or write label → group into the options",
    });
  }
  return (label) => wheel?.[label] ?? label;
}

export const accuracyTerm: RewardTerm<"accuracy"> = {
  name: "accuracy",
  weight: ({ weights }) => weights.accuracy,
  option: "weights.accuracy",
  score: ({ parsed, item, groupOf }, options) =>
    accuracyReward(parsed.answer?.text ?? "", item.labels, options.accuracy, groupOf),
  explain: ({ terms, parsed }, { labels }, { accuracy }) => {
    if (terms.accuracy === undefined) {
      return ["accuracy left out: the clip has no label, so the other terms alone are the reward"];
    }
    const answer = parsed.answer === null ? "no answer" : `answer ${quote(parsed.answer.text)}`;
    const [word, how] =
      labels.length === 1 ? ["label", accuracy.mode] : ["labels", "F1 of the two lists"];
    const wanted = labels.map(quote).join(", ");
    return [`accuracy ${show(terms.accuracy)}: ${answer}, ${word} ${wanted} (${how})`];
  },
  doc: {
    title: "Accuracy: the answer against the clip's label or labels",
    formula: String.raw`R_{acc} = [\text{answer} = \text{label}]\ \text{or}\ F_1(\text{answers}, \text{labels})`,
    anchor: "accuracy",
  },
};

/** Letter case, decoration and Unicode form aside. */
function normaliseLabel(text: string): string {
  return trimDecoration(text.toLowerCase().normalize("NFC").replace(noWidth, ""));
}

/** Marks of no width that no script spells with. */
const noWidth = /[\u00AD\u200B\u2060\uFEFF]/g;

/** F1 of two sets of labels; 0 of two empty ones. */
export function setF1(given: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  const total = given.size + wanted.size;
  const shared = [...given].filter((label) => wanted.has(label)).length;
  return total === 0 ? 0 : (2 * shared) / total;
}
