import { Rng } from "../../src/core/rng.ts";
import { extractClaims } from "../../src/cues/claims.ts";
import { evidenceModalities, type Span } from "../../src/cues/cue.ts";
import { claimTokens, toCodePoints } from "../../src/cues/evidence.ts";
import { clauseTokens, punctuatedClauses } from "../../src/cues/punctuated.ts";
import { parseResponse } from "../../src/cues/response.ts";

const texts: Record<string, string> = {
  ascii:
    "<think>His brows are raised and his mouth is open. His voice trembles.</think><answer>fear</answer>",
  emoji:
    "<think>😭😭 Her eyes fill with tears 😢. Her voice 🎤 is low and shaky.</think><answer>sad</answer>",
  chinese:
    "<think>他皱着眉头,嘴角下垂。 His voice trembles. 语速很慢。</think><answer>sadness</answer>",
  accents:
    "<think>Zoë’s naïve smile—broad, café-bright—fades; her voice rises.</think><answer>joy</answer>",
  repeated: "<think>He smiles. He smiles again. He smiles.</think><answer>happy</answer>",
  flags:
    "<think>👨‍👩‍👧 a family 🇫🇷; the man frowns, and the tone is 𝓯𝓵𝓪𝓽.</think><answer>neutral</answer>",
  bare: "The woman looks down and sighs",
  nothing: "<think></think><answer>neutral</answer>",
  empty: "",
};

/**
 * Bytes that are no UTF-8: what a completion cut inside a character, or a wild sample, decodes to.
 */
const broken: Record<string, number[][]> = {
  "cut emoji": [[0x61, 0xf0, 0x9f], [0x98]],
  "stray continuation": [
    [0x80, 0x62],
    [0xbf, 0xbf],
  ],
  "overlong and surrogate": [
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xe0, 0x80, 0x80],
  ],
  "subpart then ascii": [[0xe4, 0xbd], [0x41], [0xf4, 0x90, 0x80, 0x80]],
  "joined across tokens": [[0xe4], [0xbd], [0xa0], [], [0xe5, 0xa5], [0xbd, 0x21]],
};

/**
 * Texts cut into tokens at any byte, where the claims stand in either unit, and on which tokens.
 */
export function spanVectors(): object {
  return {
    texts: Object.entries(texts).flatMap(([name, text]) =>
      [1, 3, 7].map((longest) => tokenised(name, text, longest)),
    ),
    broken: Object.entries(broken).map(([name, tokens]) => ({
      name,
      tokens: tokens.map((bytes) => Buffer.from(bytes).toString("hex")),
      text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(tokens.flat())),
    })),
  };
}

function tokenised(name: string, text: string, longest: number): object {
  const tokens = cut(Buffer.from(text), longest, new Rng(`${name} ${longest}`));
  const offsets = tokenOffsets(text, tokens);
  const think = parseResponse(text).think ?? { span: { start: 0 }, text };
  const claims = extractClaims(think.text, think.span.start);
  // Any clause may be evidence: the reference decides, and here every third of them isn't.
  const clauses = punctuatedClauses(think.text, think.span.start).flatMap(({ span }, index) =>
    index % 3 === 2
      ? []
      : [{ modality: evidenceModalities[index % 2]!, span, match: ((index * 29) % 100) / 100 }],
  );
  const matches = claims.map((_, index) => ((index * 37) % 100) / 100);
  const spans = claims.flatMap((claim) => [claim.span, ...claim.heads]);
  const converted = toCodePoints(text, spans);
  return {
    name: `${name}, tokens of up to ${longest} bytes`,
    text,
    tokens: tokens.map((token) => token.toString("hex")),
    offsets: toCodePoints(text, offsets).map(pair),
    spans: spans.map((span, index) => ({ utf16: pair(span), code_point: pair(converted[index]!) })),
    claims: claims.map((claim, index) => ({
      modality: claim.modality,
      repeated: claim.repeated,
      match: matches[index],
      ...asCodePoints(text, claim.span),
      heads: toCodePoints(text, claim.heads).map(pair),
    })),
    located: claimTokens(
      claims.map((claim, index) => ({ ...claim, match: matches[index]! })),
      offsets,
    ).map(({ onset, ...claim }) => ({
      ...claim,
      onset: onset ?? null,
    })),
    clauses: clauses.map(({ span, ...clause }) => ({ ...clause, ...asCodePoints(text, span) })),
    located_clauses: clauseTokens(clauses, offsets).map(({ onset, ...clause }) => ({
      ...clause,
      onset: onset ?? null,
    })),
  };
}

const pair = ({ start, end }: Span): [number, number] => [start, end];
const asCodePoints = (text: string, span: Span) => {
  const [converted] = toCodePoints(text, [span]);
  return { start: converted!.start, end: converted!.end };
};

/** Tokens of 1 to `longest` bytes, here and there one without bytes, as special tokens are. */
function cut(bytes: Buffer, longest: number, rng: Rng): Buffer[] {
  const tokens: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (rng.bool(0.05)) tokens.push(Buffer.alloc(0));
    const size = 1 + rng.int(longest);
    tokens.push(bytes.subarray(at, at + size));
    at += size;
  }
  return tokens;
}

/** UTF-16 range of every character that a token shares at least one byte with. */
function tokenOffsets(text: string, tokens: readonly Buffer[]): Span[] {
  const ranges: { from: number; to: number; start: number; end: number }[] = [];
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const bytes = Buffer.byteLength(character);
    ranges.push({ from: byte, to: byte + bytes, start: unit, end: unit + character.length });
    byte += bytes;
    unit += character.length;
  }
  let at = 0;
  return tokens.map(({ length }) => {
    const shared = ranges.filter(({ from, to }) => from < at + length && to > at);
    const next = ranges.find(({ to }) => to > at)?.start ?? text.length;
    at += length;
    if (length === 0) return { start: next, end: next };
    return { start: shared[0]!.start, end: shared.at(-1)!.end };
  });
}
