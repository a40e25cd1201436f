/**
 * The subtitle a reference quotes after the word ("the subtitle reads: “…”"); null where it quotes
 * none.
 */
export function quotedSubtitle(text: string): string | null {
  const match = /\bsubtitles?\b[^"“”]{0,60}["“]([^"”]{2,400})["”]/i.exec(text);
  return match?.[1]?.trim() ?? null;
}
