import type { Answer } from "./port.ts";

/** What a reader must know about answers that came, but not as they should have. */
export function answerNotes(
  answers: Iterable<Pick<Answer, "finish" | "mute" | "unread">>,
): string[] {
  let [mute, cut] = [0, 0];
  const unread = new Map<string, number>();
  for (const answer of answers) {
    if (answer.mute) mute++;
    if (answer.finish === "length") cut++;
    if (answer.unread) unread.set(answer.unread, (unread.get(answer.unread) ?? 0) + 1);
  }
  const notes: string[] = [];
  if (mute > 0) {
    notes.push(`${mute} answers are about clips without a sound track; these were shown alone.`);
  }
  if (cut > 0) {
    notes.push(`${cut} answers were cut at the token limit; they are scored as far as they go.`);
  }
  for (const [field, count] of unread) {
    notes.push(
      `${count} answers came with thinking in a field of its own (${field}), which no number rests on; --reasoning scored puts it before the answer.`,
    );
  }
  return notes;
}
