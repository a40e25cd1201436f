const outer = /^[\p{P}\s]$/u;

/** Punctuation and white space around `text`, and what else a pattern of one character takes away. */
function trimmed(text: string, away: (character: string, next: string) => boolean): string {
  let from = 0;
  while (from < text.length) {
    const character = String.fromCodePoint(text.codePointAt(from)!);
    if (!away(character, text.charAt(from + character.length))) break;
    from += character.length;
  }
  let to = text.length;
  while (to > from) {
    const character = lastCharacter(text, to);
    if (!away(character, "")) break;
    to -= character.length;
  }
  return text.slice(from, to);
}

/**
 * `text` without punctuation and white space around it. Looks from both ends: `[\p{P}\s]+$` reads
 * every run inside of the text to its end from each of its characters.
 */
export const trimOuter = (text: string): string =>
  trimmed(text, (character) => outer.test(character));

/** Symbols (emoji among them), what joins and varies them, marks of no width. */
const decoration = /^(?:[\p{P}\p{S}\p{Cf}\s]|\uFE0E|\uFE0F|\u20E3)$/u;
const sign = /^[-+−]$/;

/** The same for a label: symbols go as well, but for a sign before a digit ("-1"). */
export const trimDecoration = (text: string): string =>
  trimmed(
    text,
    (character, next) => decoration.test(character) && !(sign.test(character) && /\d/.test(next)),
  );

/** The character (one or two UTF-16 units) that ends at `to`. */
function lastCharacter(text: string, to: number): string {
  const pair = text.slice(Math.max(0, to - 2), to);
  return pair.length === 2 && pair.codePointAt(0)! > 0xffff ? pair : text[to - 1]!;
}
