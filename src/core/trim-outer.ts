const outer = /^[\p{P}\s]$/u;

/**
 * `text` without punctuation and white space around it. Looks from both ends: `[\p{P}\s]+$` reads
 * every run inside of the text to its end from each of its characters.
 */
export function trimOuter(text: string): string {
  let from = 0;
  while (from < text.length) {
    const character = String.fromCodePoint(text.codePointAt(from)!);
    if (!outer.test(character)) break;
    from += character.length;
  }
  let to = text.length;
  while (to > from) {
    const character = lastCharacter(text, to);
    if (!outer.test(character)) break;
    to -= character.length;
  }
  return text.slice(from, to);
}

/** The character (one or two UTF-16 units) that ends at `to`. */
function lastCharacter(text: string, to: number): string {
  const pair = text.slice(Math.max(0, to - 2), to);
  return pair.length === 2 && pair.codePointAt(0)! > 0xffff ? pair : text[to - 1]!;
}
