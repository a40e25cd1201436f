import { firstIndex } from "../core/first-index.ts";
import { extractClaims } from "./claims.ts";
import type { Claim, ClaimTokens, CueModality, EvidenceModality, Span } from "./cue.ts";
import { parseResponse } from "./response.ts";
import { type SolidToken, solidTokens } from "./solid-tokens.ts";

/**
 * Places claims among a completion's tokens: the first sub-token of each content word, and the
 * onset on the first claim of its modality (docs/method.md#evidence-tokens). Emotion and neutral
 * claims give nothing, and neither do repeated ones.
 *
 * @param claims with s_C each, 0 to 1: 0 for what matches nothing.
 * @param tokenOffsets character range of each token in the text that claim spans refer to. Empty
 *   ranges (special tokens) are passed over; tokens may share characters (pieces of a multi-byte
 *   character).
 */
export function claimTokens(
  claims: readonly (Claim & { match: number })[],
  tokenOffsets: readonly Span[],
): ClaimTokens[] {
  const located: ClaimTokens[] = [];
  const begun = new Set<EvidenceModality>();
  const solid = solidTokens(tokenOffsets);
  for (const claim of claims) {
    const { modality, match } = claim;
    if (modality === "neutral" || modality === "emotion" || claim.repeated) continue;
    const heads = claim.heads
      .map((head) => firstToken(head, solid))
      .filter((token) => token !== undefined);
    if (heads.length === 0) continue;
    const tokens: ClaimTokens = { modality, heads: [...new Set(heads)], match };
    const onset = begun.has(modality) ? undefined : firstToken(claim.span, solid);
    if (onset !== undefined) tokens.onset = onset;
    begun.add(modality);
    located.push(tokens);
  }
  return located;
}

/** First token that covers a character of `span`; undefined when the text was cut before it. */
function firstToken(span: Span, tokens: readonly SolidToken[]): number | undefined {
  const first = tokens[firstIndex(tokens, ({ end }) => end > span.start)];
  return first && first.start < span.end ? first.token : undefined;
}

/** A stretch of a response to highlight. */
export interface EvidenceSpan extends Span {
  modality: CueModality;
  reason: string;
}

/** Visual, acoustic and emotion claims of a response (or of bare reasoning) as ranges in `text`. */
export function evidenceSpans(text: string): EvidenceSpan[] {
  const { span, text: reasoning } = parseResponse(text).think ?? { span: { start: 0 }, text };
  return extractClaims(reasoning, span.start).flatMap(({ modality, span: range, reason }) =>
    modality === "neutral" ? [] : [{ ...range, modality, reason }],
  );
}

/**
 * The same spans counted in Unicode code points, as Python indexes strings. Spans may come in any
 * order. A boundary inside a surrogate pair counts as before that character.
 */
export function toCodePoints<T extends Span>(text: string, spans: readonly T[]): T[] {
  const index = new Uint32Array(text.length + 1);
  let points = 0;
  for (let unit = 0; unit < text.length; unit++) {
    index[unit] = points;
    const pair = text.codePointAt(unit)! > 0xffff;
    if (pair) index[++unit] = points;
    points++;
  }
  index[text.length] = points;
  return spans.map((span) => ({ ...span, start: index[span.start]!, end: index[span.end]! }));
}
