import { canonicalJson, sha256 } from "../../../core/files.ts";
import { type MmeTask, mmeTasks } from "../tasks.ts";

/*
 * What models and judges are asked for MME-Emotion. The benchmark's files hold no question text, so
 * the words are ours; the steps, the reply formats and the rules are the official ones. Results
 * carry the hash.
 */
const mmePromptsVersion = "mme-prompts-1";

const wanted: Readonly<Record<MmeTask, string>> = {
  "ER-Lab": "Which emotion does the person express?",
  "ER-Wild": "Which emotion does the person express?",
  "Noise-ER": "Which emotion does the person express? The recording may be noisy.",
  "FG-ER": "Which fine-grained emotions does the person express? There may be several.",
  "ML-ER": "Which emotions does the person express? There may be several.",
  SA: "Which sentiment does the person express?",
  "FG-SA": "Which sentiment does the person express, and how strongly?",
  IR: "Which intent does the person express?",
};

/** Several labels a clip: the last step is a fraction of them. */
const multiLabel: ReadonlySet<MmeTask> = new Set(["FG-ER", "ML-ER"]);
/** Officially these two have no example of a refusal. */
const noRefusalExample: ReadonlySet<MmeTask> = new Set(["ER-Lab", "ER-Wild"]);

export const mmeQuestionPrompt = (task: MmeTask, labelSet: string): string =>
  `${wanted[task]} Choose from: ${labelSet}. Reason step by step from what you see and hear, then give your answer.`;

/** Answer → numbered steps, the last of which is the prediction. */
export function stepPrompt(task: MmeTask, answer: string): string {
  const refusal = noRefusalExample.has(task)
    ? ""
    : "If the text refuses to answer, write one step that says: the prediction is None.\n";
  return `Below is a model's answer. Rewrite it as short reasoning steps inside <step> and </step>, one \
line each, as "Step 1: …", "Step 2: …". Keep its order and content, add nothing. The last step states what it \
predicts. If there is no reasoning, write that last step alone.
${refusal}
Answer: ${answer.trim()}`;
}

/** Steps → a score each, next to the clip's pictures and the words about its sound. */
export function judgePrompt(
  task: MmeTask,
  { label, audioClue, steps }: { label: string; audioClue: string; steps: string },
): string {
  const last = multiLabel.has(task)
    ? 'The last step is scored C/K: K true labels, C of them predicted; further predictions cost nothing. Example: "Step 3: 1/2".'
    : "The last step is scored 1/1 if its prediction is the true label, else 0/1, whatever the clip shows.";
  return `You see pictures of a clip. What is heard in it: ${audioClue.trim()}
True label: ${label}

Score each reasoning step below 0/1 or 1/1. A step is wrong only if it clearly contradicts what is seen or \
heard. ${last}
Reply on one line: <score>Step 1: 1/1, Step 2: 0/1, …</score>

${steps.trim()}`;
}

/** sha256 of all prompt texts. */
export const mmePromptsHash: string = sha256(
  canonicalJson([
    mmePromptsVersion,
    ...mmeTasks.map(({ id }) => [
      mmeQuestionPrompt(id, "…"),
      stepPrompt(id, "…"),
      judgePrompt(id, { label: "…", audioClue: "…", steps: "…" }),
    ]),
  ]),
);
