import { z } from "zod";
import { sha256 } from "../../core/files.ts";

const rules = `- Each is a short phrase of 2 to 6 words that means something by itself, no sentence, copied from the text letter by letter.
- Add nothing that the text does not say; do not reword, infer or complete.
- An empty list is right where the text says nothing of the kind.`;

/**
 * The extraction that OPPO's paper prints (arXiv 2606.25325, app. E): two lists of what is seen and
 * heard, short phrases of 2 to 6 words that the text says explicitly, empty lists where it says
 * nothing. Its rules in our words; "letter by letter" and "never what is said" are ours, its
 * examples and lists of keywords are left out.
 */
export const perceptionQuestion = `You take the reference reasoning about an emotional video clip apart into cues.

- "visual_cues": what is seen: facial expressions, body language, details of the scene;
- "audio_cues": what is heard in the voice: its quality, tone, speed and volume; never what is said.

Rules:
${rules}

Answer with JSON only: {"visual_cues":["raised brows"],"audio_cues":[]}`;

/** Ours: the paper uses emotion cues and doesn't print how they are extracted. Same rules. */
export const emotionQuestion = `You take the reference reasoning about an emotional video clip apart into cues.

- "emotion_cues": statements by which the text infers the emotion, joining what is seen and heard to what is felt.

Rules:
${rules}

Answer with JSON only: {"emotion_cues":["suppressed anger"]}`;

const phrases = z.array(z.string().trim().min(1).max(120));

export const perceptionAnswer = z.strictObject({ visual_cues: phrases, audio_cues: phrases });
export const emotionAnswer = z.strictObject({ emotion_cues: phrases });

export const perceptionSchema = z.toJSONSchema(perceptionAnswer);
export const emotionSchema = z.toJSONSchema(emotionAnswer);

/** Names wording and schema of the first question, for those who ask it alone. */
export const perceptionVersion = `printed-perception-${sha256(
  JSON.stringify([perceptionQuestion, perceptionSchema]),
).slice(0, 8)}`;

/** Names wording and schemas: cues of two prompts don't compare. */
export const printedVersion = `printed-${sha256(
  JSON.stringify([perceptionQuestion, perceptionSchema, emotionQuestion, emotionSchema]),
).slice(0, 8)}`;
