import type { EvidenceModality, Span } from "./cue.ts";

/**
 * What a passage announces to speak of. `text`: subtitles and quoted words. `none`: conclusions.
 */
export type SectionName = EvidenceModality | "text" | "none";

/** Words that announce a section ("In the video", "I hear"). They belong to no claim. */
export interface SectionCue extends Span {
  /** Null: an opening that announces nothing ("as time goes on"). */
  section: SectionName | null;
  /** Stays in force for the sentences after; others end with their sentence. */
  lasting: boolean;
  /**
   * May label a claim whose own words leave it open; a cue in mid-sentence or in a conclusion may
   * not.
   */
  decides: boolean;
}

interface Rule {
  section: SectionName | null;
  lasting: boolean;
  pattern: string;
}

const opening =
  "(?:in|at|from|on|during|throughout|within|towards?|by|as for|regarding|judging (?:by|from)|based on|according to|looking at|watching|listening to)";
// No two alternatives match one word: twice "second" took twice the time for each of a run of them.
const part =
  "(?:beginning|end|start|middle|opening|final|first|third|last|latter|following|next|later|subsequent|closing|entire|whole|early|initial|part|half|few|scenes?|frames?|seconds?|segment|of|the|this)";
const kind =
  "(?: (?:clues?|cues?|content|part|modality|track|frames?|clip|segment|evidence|description)\\b)?";
const video = "(?:video|visuals?|footage|scenes?|frames?|images?|picture|shots?|screen)";
const audio = "(?:audio|sound|acoustics?|soundtrack|recording|vocals?)";
const tells = "(?:reads?|says?|states?|shows?|displays?|depicts?|features?|presents?|is|are)";
const watcher = "(?:i|we|you|one) (?:can |could )?(?:also |clearly )?";

const rules: readonly Rule[] = [
  {
    section: "visual",
    lasting: true,
    pattern: `${opening} (?:the|this|these|those) (?:${part} )*${video}${kind}\\b`,
  },
  {
    section: "acoustic",
    lasting: true,
    pattern: `${opening} (?:the|this) (?:${part} )*(?:accompanying )?${audio}${kind}\\b`,
  },
  {
    section: "text",
    lasting: true,
    pattern: `${opening} (?:the|this) (?:texts?|subtitles?|transcript|captions?|dialogue|words)${kind}\\b`,
  },
  {
    section: "text",
    lasting: true,
    pattern: `the (?:subtitles?|captions?|text|lines?)(?: content)?,? ${tells}\\b`,
  },
  {
    section: "visual",
    lasting: false,
    pattern: `the (?:${part} )*${video} (?:shows?|displays?|depicts?|features?|presents?)\\b`,
  },
  {
    section: "visual",
    lasting: false,
    pattern: "(?:the )?(?:video|visual) (?:clues?|cues?)(?: of| such as)?\\b",
  },
  {
    section: "acoustic",
    lasting: false,
    pattern: "(?:the )?(?:audio|acoustic|vocal) (?:clues?|cues?)(?: of| such as| describing)?\\b",
  },
  {
    section: "visual",
    lasting: false,
    pattern: `${watcher}(?:see|sees|observe|observes|watch)\\b(?: that\\b)?`,
  },
  { section: "acoustic", lasting: false, pattern: `${watcher}hears?\\b(?: that\\b)?` },
  {
    section: null,
    lasting: false,
    pattern:
      "as (?:time|the (?:video|scene|conversation|clip|story)) (?:goes (?:on|by)|passes|progresses|continues|unfolds)\\b",
  },
  {
    section: null,
    lasting: false,
    pattern:
      "(?:over time|at the same time|in the middle part|in addition|in (?:this|the) clip)\\b",
  },
];

/** Only at the beginning of a sentence. */
const headings: readonly Rule[] = [
  {
    section: "visual",
    lasting: true,
    pattern:
      "(?:visual(?: cues?| clues?| evidence)?|video|face|facial cues?)(?=[\\s*]*[:：])|visually\\b",
  },
  {
    section: "acoustic",
    lasting: true,
    pattern:
      "(?:(?:audio|acoustic|vocal)(?: cues?| clues?| evidence)?|voice|sound)(?=[\\s*]*[:：])|acoustically\\b|vocally\\b",
  },
  { section: null, lasting: false, pattern: "(?:in|out)put(?=\\s*[:：])" },
  { section: "text", lasting: true, pattern: "(?:text|subtitles?|transcript)(?=[\\s*]*[:：])" },
  {
    section: "none",
    lasting: true,
    pattern: "(?:conclusions?|summary|answer|inference|reasoning|emotions?)(?=[\\s*]*[:：])",
  },
];

const concluding =
  /^[\s\-*#•>]*(?:(?:additionally|however|furthermore|moreover|also|and)[, ]+)?(?:based on|therefore|thus|hence|overall|in summary|in conclusion|to sum up|taking|taken together|together|combin\w+|considering|all in all|both|this sentence|it can be|we can (?:infer|deduce|conclude)|so)(?=[ ,])/iu;
/**
 * "the first of the first of …" where no rule matched: none will at a later "the" of that run
 * either, so all but its last word are passed over. Each would read the run to its end otherwise.
 */
const passedOver = `\\bthe (?:${part} ){8,}(?=${part} )`;
const anywhere = new RegExp(
  [...rules.map(({ pattern }) => `(\\b${pattern})`), passedOver].join("|"),
  "giu",
);
const atStart = new RegExp(
  `^[\\s\\-*#•>]*(?:${headings.map(({ pattern }) => `(${pattern})`).join("|")})`,
  "iu",
);

/** Section cues of one sentence in order of position, offsets in `text`. */
export function sectionCues(text: string, sentence: Span): SectionCue[] {
  const body = text.slice(sentence.start, sentence.end);
  const cues: SectionCue[] = [];
  let covered = 0;
  const add = (rule: Rule, index: number, length: number, decides: boolean) => {
    const start = sentence.start + index;
    covered += length;
    const lasting = rule.lasting && decides;
    cues.push({ section: rule.section, lasting, decides, start, end: start + length });
  };
  const concludes = concluding.test(body);
  if (concludes) add({ section: "none", lasting: true, pattern: "" }, 0, 0, true);
  const head = atStart.exec(body);
  if (head) add(matched(headings, head)!, 0, head[0].length, true);
  for (const match of body.matchAll(anywhere)) {
    const rule = matched(rules, match);
    if (rule === undefined) continue;
    const passing =
      !rule.lasting && /^(?:i|we|you|one) |^the (?!video c|visual c|audio c)/i.test(match[0]);
    const leads =
      passing || leadsSentence(body.slice(0, match.index), cues, covered, sentence.start);
    add(rule, match.index, match[0].length, leads && !concludes);
  }
  return cues;
}

const matched = (from: readonly Rule[], match: RegExpExecArray): Rule | undefined =>
  from[match.slice(1).findIndex((group) => group !== undefined)];

/**
 * At most two words stand before it ("Additionally, in the audio"), other cues not counted; `cover`
 * is their length. At most sixty cues get through the first check, for something stands between any
 * two of them.
 */
function leadsSentence(
  before: string,
  cues: readonly SectionCue[],
  cover: number,
  offset: number,
): boolean {
  if (before.length - cover > 60) return false;
  let rest = before;
  for (const cue of cues) {
    rest = rest.replace(before.slice(cue.start - offset, cue.end - offset), " ");
  }
  return (rest.match(/[\p{L}\p{N}]+/gu) ?? []).length <= 2;
}
