import type { EvidenceModality, Span } from "./cue.ts";

/** What a passage announces to speak of. `text`: subtitles and quoted words. `none`: conclusions. */
export type SectionName = EvidenceModality | "text" | "none";

/** Words that announce a section ("In the video", "I hear"). They belong to no claim. */
export interface SectionCue extends Span {
  section: SectionName;
  /** Stays in force for the sentences after. "I see" and "video clue" hold for their own sentence only. */
  lasting: boolean;
}

const opening =
  "(?:in|at|from|on|during|throughout|within|towards?|by|as for|regarding|judging (?:by|from)|based on|according to)";
const part =
  "(?:beginning|end|start|middle|opening|final|first|second|third|last|latter|following|next|later|subsequent|closing|entire|whole|early|initial|part|half|few|scenes?|frames?|seconds?|segment|of|the|this)";
const noun = "(?: (?:clues?|cues?|content|part|modality|track|frames?|clip|segment|evidence))?";

interface Rule {
  section: SectionName;
  lasting: boolean;
  pattern: string;
}

const rules: readonly Rule[] = [
  {
    section: "visual",
    lasting: true,
    pattern: `${opening} (?:the|this|these|those) (?:${part} )*(?:video|visuals?|footage|scenes?|frames?|images?|picture|shots?)${noun}\\b`,
  },
  {
    section: "acoustic",
    lasting: true,
    pattern: `${opening} (?:the|this) (?:${part} )*(?:accompanying )?(?:audio|sound|acoustics?|soundtrack|recording|vocals?)${noun}\\b`,
  },
  {
    section: "text",
    lasting: true,
    pattern: `${opening} (?:the|this) (?:texts?|subtitles?|transcript|captions?|dialogue|words)${noun}\\b`,
  },
  {
    section: "text",
    lasting: true,
    pattern:
      "the (?:subtitles?|captions?|text)(?: content)?,? (?:reads?|says?|states?|shows?|is)\\b",
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
    pattern:
      "(?:i|we|you|one) (?:can |could )?(?:also |clearly )?(?:see|observe|watch)\\b(?: that\\b)?",
  },
  {
    section: "acoustic",
    lasting: false,
    pattern: "(?:i|we|you|one) (?:can |could )?(?:also |clearly )?hear\\b(?: that\\b)?",
  },
];

const headings: readonly Rule[] = [
  {
    section: "visual",
    lasting: true,
    pattern:
      "(?:visual(?: cues?| clues?| evidence)?|video|face|facial cues?)(?=\\s*[:：])|visually\\b",
  },
  {
    section: "acoustic",
    lasting: true,
    pattern:
      "(?:audio|acoustic|vocal)(?: cues?| clues?| evidence)?(?=\\s*[:：])|(?:voice|sound)(?=\\s*[:：])|acoustically\\b|vocally\\b",
  },
  { section: "text", lasting: true, pattern: "(?:text|subtitles?|transcript)(?=\\s*[:：])" },
  {
    section: "none",
    lasting: true,
    pattern:
      "(?:based on|therefore|thus|hence|overall|in summary|in conclusion|to sum up|taking|taken|together|combin\\w+|considering|all in all|both|this sentence|it can be|we can (?:infer|deduce|conclude)|so)(?=[ ,])",
  },
];

const anywhere = new RegExp(rules.map(({ pattern }) => `(\\b${pattern})`).join("|"), "giu");
const atStart = new RegExp(
  `^[\\s\\-*#•>]*(?:\\*\\*)?(?:${headings.map(({ pattern }) => `(${pattern})`).join("|")})`,
  "iu",
);

/** Section cues of one sentence in order of position, offsets in `text`. */
export function sectionCues(text: string, sentence: Span): SectionCue[] {
  const body = text.slice(sentence.start, sentence.end);
  const cues: SectionCue[] = [];
  const head = atStart.exec(body);
  if (head) {
    const rule = headings[head.slice(1).findIndex((group) => group !== undefined)]!;
    // "Based on the furrowed brow": the conclusion begins, but the words stay with their clause.
    const end = rule.section === "none" ? 0 : head[0].length;
    cues.push({
      section: rule.section,
      lasting: rule.lasting,
      start: sentence.start,
      end: sentence.start + end,
    });
  }
  for (const match of body.matchAll(anywhere)) {
    const rule = rules[match.slice(1).findIndex((group) => group !== undefined)]!;
    const start = sentence.start + match.index;
    cues.push({
      section: rule.section,
      lasting: rule.lasting,
      start,
      end: start + match[0].length,
    });
  }
  return cues;
}
