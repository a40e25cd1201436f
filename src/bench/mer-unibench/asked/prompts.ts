import { canonicalJson, sha256 } from "../../../core/files.ts";
import { isSentimentSet } from "../sets.ts";
import type { MerSetId } from "../types.ts";

/*
 * What models are asked for MER-UniBench. The words are ours; the steps are the official ones: a
 * free description, from it a bracketed list of emotion words, from that a sentiment. Other words,
 * other numbers: results carry the hash of all of them.
 */
const merPromptsVersion = "mer-prompts-1";

const describe =
  "What does this person feel? Say what you see and hear that shows it, and what follows from it. " +
  "Then name every emotion you find inside <answer></answer>, as a comma-separated list of English words.";

const describeSentiment =
  "Does this person speak positively, negatively or neutrally? Say what you see and hear that shows it, and " +
  "what follows from it. Then give one of positive, negative and neutral inside <answer></answer>, followed " +
  "by the emotions you find, as a comma-separated list of English words.";

/** The question to the model under test. */
export function merQuestionPrompt(set: MerSetId, subtitle: string): string {
  const spoken = subtitle.trim() === "" ? "" : `Subtitle: "${subtitle.trim()}"\n`;
  return `${spoken}${isSentimentSet(set) ? describeSentiment : describe}`;
}

/** Answer → list of emotion words; two examples stand in the text, as officially. */
export const labelPrompt = (answer: string): string =>
  `Below is a description of a person. List the emotional states it attributes to the person, as English \
words in square brackets, separated by commas. Add nothing else. If it names no emotion, reply [].

Description: He frowns and his voice grows louder and faster, so he seems angry, and also worried.
Emotions: [angry, worried]

Description: A woman walks along a street and a car passes.
Emotions: []

Description: ${answer.trim()}
Emotions:`;

/** List of emotion words → sentiment. */
export const sentimentPrompt = (labels: string): string =>
  `Emotions of a person: ${labels.trim()}
Which sentiment do they add up to: positive, negative or neutral? Reply with one of these three words.`;

/** sha256 of all prompt texts. */
export const merPromptsHash: string = sha256(
  canonicalJson([
    merPromptsVersion,
    merQuestionPrompt("meld", "…"),
    merQuestionPrompt("sims", "…"),
    labelPrompt("…"),
    sentimentPrompt("…"),
  ]),
);
