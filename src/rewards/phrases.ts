import { extractClaims } from "../cues/claims.ts";
import { type Claim, type CueModality, cueModalities } from "../cues/cue.ts";
import { type ParsedResponse, parseResponse } from "../cues/response.ts";
import type { Embedder } from "../similarity/port.ts";
import type { ScoreItem } from "./scored.ts";
import { embeddedText } from "./similarity.ts";

/** A claim or cue with the text that is embedded for it; "" for neutral claims. */
export interface Phrase {
  modality: CueModality | "neutral";
  text: string;
  embedded: string;
}

/** An item with its response taken apart. */
export interface ReadItem extends ScoreItem {
  parsed: ParsedResponse;
  /** Claims of the reasoning only: cue text in the answer or outside the tags earns nothing. */
  claims: readonly Claim[];
  claimPhrases: readonly Phrase[];
  cuePhrases: readonly Phrase[];
}

/** Parses the response and reduces its claims, and the cues, to what is embedded. */
export function readItem(item: ScoreItem): ReadItem {
  const parsed = parseResponse(item.response);
  const { think } = parsed;
  const claims = think ? extractClaims(think.text, think.span.start) : [];
  return {
    ...item,
    parsed,
    claims,
    claimPhrases: claims.map(toPhrase),
    cuePhrases: item.reference.cues.map(toPhrase),
  };
}

function toPhrase({ modality, text }: Pick<Claim, "modality" | "text">): Phrase {
  return {
    modality,
    text,
    embedded: modality === "neutral" ? "" : embeddedText(modality, text),
  };
}

/**
 * Vectors by embedded text in one call, for claims and cues whose modality occurs on both sides,
 * and for `others`.
 */
export async function embedAll(
  items: readonly ReadItem[],
  embedder: Embedder,
  others: readonly string[] = [],
): Promise<Map<string, Float32Array>> {
  const texts = new Set<string>();
  for (const { claimPhrases, cuePhrases } of items) {
    for (const modality of cueModalities) {
      const claims = claimPhrases.filter((phrase) => phrase.modality === modality);
      const cues = cuePhrases.filter((phrase) => phrase.modality === modality);
      if (claims.length === 0 || cues.length === 0) continue;
      for (const { embedded } of [...claims, ...cues]) texts.add(embedded);
    }
  }
  for (const text of others) texts.add(text);
  texts.delete("");
  const list = [...texts];
  const vectors = await embedder.embed(list);
  return new Map(list.map((text, i) => [text, vectors[i] as Float32Array]));
}
