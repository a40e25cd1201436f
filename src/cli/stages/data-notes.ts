import { type Coverage, coverage } from "../../data/cold-start/coverage.ts";
import type { WordTokenizer } from "../../prompt/tokenizer.ts";
import { type Data, rowsOf } from "./data.ts";
import { referenceOf } from "./references.ts";

/** What people should know of their clips before they believe a number: one sentence each. */
export function dataNotes(data: Data & { tokenizer?: WordTokenizer }): string[] {
  const { tokenizer, source } = data;
  return [
    ...source.notes,
    ...labelNotes(data),
    ...textNotes(data),
    ...(tokenizer === undefined ? [] : vocabularyNotes(data, tokenizer)),
  ];
}

function labelNotes(data: Data): string[] {
  const train = rowsOf(data, "train");
  const bare = train.filter(({ labels }) => labels.length === 0).length;
  const labels = new Set(train.flatMap((row) => row.labels));
  if (bare === train.length) {
    return [
      "no training clip has a label: texts answer with the feeling that the reference names, accuracy is out of the reward, and variants that are rewarded for answers alone are left out",
    ];
  }
  return [
    ...(bare > 0
      ? [`${bare} of ${train.length} training clips have no label: accuracy is out of their reward`]
      : []),
    ...(labels.size === 1
      ? [`all training clips have the label '${[...labels][0]}': the answer can be guessed`]
      : []),
  ];
}

function textNotes(data: Data): string[] {
  const without = rowsOf(data, "train")
    .filter(({ id }) => data.texts.get(id)!.length === 0)
    .map(({ id }) => id);
  if (without.length === 0) return [];
  return [
    `${without.length} training clips give the cold start no text, for their references name nothing seen or heard: ${names(without)}`,
  ];
}

/** How much of what held-out references say the policy has words for. */
function vocabularyNotes(data: Data, tokenizer: WordTokenizer): string[] {
  if (data.source.rows.every(({ truth }) => truth !== undefined)) return [];
  const pieces = new Set(tokenizer.pieces.map((piece) => piece.trim().toLowerCase()));
  const references = new Map(
    rowsOf(data, "test")
      .filter(({ reference }) => reference !== undefined)
      .map((row) => [row.id, referenceOf(row)]),
  );
  const found = coverage(references, (word) => pieces.has(word));
  return [share(found), ...lost(found)];
}

function share({ words, unknown }: Coverage): string {
  if (unknown === 0) return "every word in held-out cues stands in some training text";
  const percent = words === 0 ? 0 : (100 * unknown) / words;
  return `${percent.toFixed(1)} % of the words in held-out cues stand in no training text: the policy can't say them`;
}

function lost({ lost: ids }: Coverage): string[] {
  if (ids.length === 0) return [];
  return [`of ${ids.length} held-out references no word is known: ${names(ids)}`];
}

/** The first few of many. */
function names(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(", ");
  return ids.length > 5 ? `${shown} and ${ids.length - 5} more` : shown;
}
