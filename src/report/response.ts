import type * as oracle from "../bench/mep/oracle/result.ts";
import type * as reference from "../bench/mep/reference/clip-record.ts";
import type { TokenDrop } from "../bench/mep/shared/drops.ts";
import type { CueModality } from "../cues/cue.ts";
import { Html, html } from "./html.ts";

/** A claim of either track with its place in the response. */
export interface ShownClaim {
  text: string;
  start: number;
  end: number;
  modality: CueModality;
  verdict: oracle.ClaimRecord["verdict"] | reference.ClaimRecord["verdict"];
  repeated?: boolean;
}

/** A response of either track. */
export interface ShownResponse {
  text: string;
  /** null where nobody knows. */
  correct: boolean | null;
  claims: readonly ShownClaim[];
}

/** Marks after a claim; the legend explains them. */
const signs: Partial<Record<ShownClaim["verdict"], string>> = {
  false: "✗",
  "cross-modal": "⇄",
  unreadable: "?",
  matched: "✓",
  unmatched: "?",
};
/** Drop at which a strip has its full colour. */
const fullDropNats = 2.5;

interface Unit {
  start: number;
  end: number;
  drop?: TokenDrop;
}

/**
 * A response with its evidence coloured, wrong claims marked, and under each token two strips: how
 * much less likely it gets with the video, and with the audio, hidden.
 */
export function responseHtml(response: ShownResponse, tokens?: readonly TokenDrop[]): Html {
  const units = tokens === undefined ? words(response.text) : tokens.map(unitOf);
  const claims = response.claims.toSorted((a, b) => a.start - b.start);
  const out: string[] = [];
  let open: ShownClaim | undefined;
  for (const unit of units) {
    const { lead, body } = split(response.text.slice(unit.start, unit.end));
    const at = unit.start + lead.length;
    const claim = body === "" ? open : claims.find(({ start, end }) => at >= start && at < end);
    if (open !== undefined && claim !== open) out.push(closing(open));
    out.push(html`${lead}`.text);
    if (claim !== undefined && claim !== open) out.push(opening(claim));
    open = claim;
    if (body !== "") out.push(unitHtml(body, unit, response).text);
  }
  if (open !== undefined) out.push(closing(open));
  return new Html(`<p class="text">${out.join("")}</p>`);
}

const unitOf = (drop: TokenDrop): Unit => ({ start: drop.start, end: drop.end, drop });

function words(text: string): Unit[] {
  return Array.from(text.matchAll(/<\/?[a-z]+>|\s*[^\s<.,!?]+|\s*[\s\S]/g), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function split(text: string): { lead: string; body: string } {
  const body = text.trimStart();
  return { lead: text.slice(0, text.length - body.length), body };
}

function opening({ modality, verdict, repeated, text }: ShownClaim): string {
  const title = `${modality} claim “${text}”: ${verdictText[verdict]}${repeated ? " (repeated)" : ""}`;
  return html`<mark class="${modality} ${verdict}" title="${title}">`.text;
}

const verdictText: Record<ShownClaim["verdict"], string> = {
  true: "true",
  false: "false",
  "cross-modal": "false, and what the other stream's emotion suggests",
  unreadable: "not in the lexicon",
  emotion: "about the emotion",
  matched: "the reference says it",
  unmatched: "not in the reference; it may still be there",
  hidden: "about a stream that was hidden",
};

function closing({ verdict }: ShownClaim): string {
  const sign = signs[verdict];
  return `${sign === undefined ? "" : `<span class="sign">${sign}</span>`}</mark>`;
}

function unitHtml(body: string, unit: Unit, response: ShownResponse): Html {
  const shown = bodyHtml(body, unit, response);
  if (unit.drop === undefined) return shown;
  const { logprob, visual, acoustic } = unit.drop;
  const negative = `${visual < 0 ? " nv" : ""}${acoustic < 0 ? " na" : ""}`;
  const numbers = `[${[logprob, visual, acoustic].map((value) => value.toFixed(3)).join(",")}]`;
  return html`<span class="tok${negative}" style="--v:${strength(visual)};--a:${strength(acoustic)}" data-p="${numbers}">${shown}</span>`;
}

function bodyHtml(body: string, unit: Unit, response: ShownResponse): Html {
  if (/^<\/?[a-z]+>$/.test(body)) return html`<span class="tag">${body}</span>`;
  const answerAt = response.text.indexOf("<answer>");
  if (answerAt >= 0 && unit.start > answerAt) {
    const verdict = response.correct === null ? "" : response.correct ? " right" : " miss";
    return html`<span class="answer${verdict}">${body}</span>`;
  }
  return html`${body}`;
}

const strength = (drop: number): string => Math.min(1, Math.abs(drop) / fullDropNats).toFixed(2);
