import type { Answer } from "./port.ts";

/** What a reader must know about answers that came, but not as they should have. */
export function answerNotes(answers: Iterable<Pick<Answer, "finish" | "mute">>): string[] {
  let [mute, cut] = [0, 0];
  for (const answer of answers) {
    if (answer.mute) mute++;
    if (answer.finish === "length") cut++;
  }
  const notes: string[] = [];
  if (mute > 0) {
    notes.push(`${mute} answers are about clips without a sound track; these were shown alone.`);
  }
  if (cut > 0) {
    notes.push(`${cut} answers were cut at the token limit; they are scored as far as they go.`);
  }
  return notes;
}
