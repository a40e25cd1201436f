import type { Span } from "./cue.ts";

/** Longest quotation taken for one; a mark without a partner within it is an ordinary character. */
const maxQuote = 800;
const closers: Readonly<Record<string, string>> = { '"': '"', "“": "”", "「": "」", "«": "»" };

/** Quoted passages of `text`, marks included. A mark that never closes quotes nothing. */
export function quotations(text: string): Span[] {
  const found: Span[] = [];
  /** Where each closer stands next; one that is not there is looked for once, not at each opener. */
  const next = new Map<string, number>();
  for (let at = 0; at < text.length; at++) {
    const closer = closers[text[at]!];
    if (closer === undefined) continue;
    let end = next.get(closer) ?? 0;
    if (end <= at) {
      end = text.indexOf(closer, at + 1);
      if (end === -1) end = Number.POSITIVE_INFINITY;
      next.set(closer, end);
    }
    if (end - at > maxQuote) continue;
    found.push({ start: at, end: end + 1 });
    at = end;
  }
  return found;
}

const terminators = new Set([".", "!", "?", "。", "！", "？", "…"]);
const abbreviations = new Set(
  "mr mrs ms dr prof vs approx fig no cf jr sr sec min approx al resp ca".split(" "),
);

/**
 * Sentences of `text` as trimmed spans, terminator left out. Decimals, abbreviations, initials,
 * ellipses in mid-sentence and marks inside quotations do not end one; a full stop without the
 * space after it does ("heavy.In the text"), and so do a semicolon-free line break before a new
 * item and the end of a quotation that closes its sentence ('"Okay?" Based on').
 */
export function sentences(text: string, quotes: readonly Span[] = quotations(text)): Span[] {
  const found: Span[] = [];
  let start = 0;
  let quote = 0;
  const cut = (end: number, next: number) => {
    const span = trimmed(text, start, end);
    if (span) found.push(span);
    start = next;
  };
  for (let at = 0; at < text.length; at++) {
    while (quote < quotes.length && quotes[quote]!.end <= at) quote++;
    const within = quotes[quote];
    if (within && at === within.start) {
      at = within.end - 1;
      if (closesSentence(text, within)) cut(within.end, within.end);
      continue;
    }
    const char = text[at]!;
    if (char === "\n" ? breaksLine(text, at) : terminators.has(char)) {
      let end = at + 1;
      while (end < text.length && terminators.has(text[end]!)) end++;
      if (char === "\n" || endsSentence(text, at, end)) cut(at, end);
      at = end - 1;
    }
  }
  cut(text.length, text.length);
  return found;
}

/** `[start, end)` without surrounding white space; undefined when nothing is left. */
export function trimmed(text: string, start: number, end: number): Span | undefined {
  let from = start;
  let to = end;
  while (from < to && /\s/.test(text[from]!)) from++;
  while (to > from && /\s/.test(text[to - 1]!)) to--;
  return from < to ? { start: from, end: to } : undefined;
}

/** A full stop inside the closing mark ends the sentence when a new one begins after it. */
function closesSentence(text: string, quote: Span): boolean {
  if (!terminators.has(text[quote.end - 2]!)) return false;
  const next = /\S/.exec(text.slice(quote.end, quote.end + 3))?.[0];
  return next === undefined || /\p{Lu}/u.test(next);
}

/**
 * A line break separates list items and paragraphs; a break before a lower-case word is mere
 * wrapping.
 */
function breaksLine(text: string, at: number): boolean {
  const rest = text.slice(at + 1, at + 40);
  return /^\s*\n|^\s*(?:[-*•#]|\d+[.)])\s|^\s*[^\s\p{Ll}]|^\s*$/u.test(rest);
}

/** "loud.his voice" lost its space; "clip.mp4", "example.com" never had one. */
const lostSpace = /^(?!(?:com|org|net|txt|csv|json|wav|html)\b)(?:a|\p{L}{2,})(?=\s|$)/u;

function endsSentence(text: string, at: number, end: number): boolean {
  if (text[at] !== "." && text[at] !== "…") return true;
  const next = text[end];
  if (next === undefined) return true;
  const following = /^\s*(\S)/.exec(text.slice(end, end + 4))?.[1] ?? "";
  if (end - at > 1 || text[at] === "…") return !/\p{Ll}/u.test(following);
  const before = /[\p{L}\p{N}.]*$/u.exec(text.slice(Math.max(0, at - 20), at))?.[0] ?? "";
  if (/\d$/.test(before) && /\d/.test(next)) return false;
  if (abbreviations.has(before.toLowerCase())) return false;
  if (/^(?:e\.g|i\.e|\p{Lu}(?:\.\p{Lu})*|e|i)$/u.test(before) && before !== "I") return false;
  if (before.toLowerCase() === "etc") return /\p{Lu}/u.test(following);
  if (/\p{Ll}/u.test(next)) return before.length > 2 && lostSpace.test(text.slice(end, end + 14));
  return true;
}
