/** Index of the first UTF-16 unit from `from` on that `passed` does not match; the text's length if none. */
export function firstOther(text: string, from: number, passed: RegExp): number {
  let at = from;
  while (at < text.length && passed.test(text[at]!)) at++;
  return at;
}
