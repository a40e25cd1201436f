import { stem } from "./words.ts";

/**
 * Incompatible states of what a face or voice has, as data. States of one factor exclude each other
 * as descriptions of one moment: a mouth that smiles is not described by "downturned lips". A claim
 * may still name two ("smiling with open mouth"); it then contradicts only what names neither.
 */
export interface StateRule {
  factor: string;
  state: string;
  /**
   * Stems of carriers, one of which must be near; empty when the word names the state by itself.
   */
  carriers: readonly string[];
}

const brows = "brow eyebrow forehead";
const eyes = "eye eyelid lid";
const mouth = "mouth lip corner";
const voice = "voice tone register";
const speech = "speech speak pace tempo talk delivery rate voice tone rhythm word";

const table: readonly (readonly [
  factor: string,
  state: string,
  carriers: string,
  words: string,
])[] = [
  ["brows", "raised", brows, "raise lift arch up high rise elevated"],
  [
    "brows",
    "lowered",
    brows,
    "lower furrow knit frown wrinkle contract draw drawn together crease knitted down scowl pinched",
  ],
  ["brows", "slanted", brows, "slant slanted slanting oblique angled inward"],
  ["brows", "neutral", brows, "neutral relaxed smooth level still"],
  ["eyes", "wide", eyes, "wide widen big round large enlarge bulging"],
  ["eyes", "wide", "", "wide-eyed"],
  ["eyes", "narrowed", eyes, "narrow narrowed squint tighten slit squeeze"],
  ["eyes", "narrowed", "", "squint"],
  ["eyes", "drooping", eyes, "droop heavy shut closed close half sleepy half-closed"],
  ["mouth", "smile", "", "smile grin beam laughing"],
  ["mouth", "smile", mouth, "lift raise up upward upturned upturn"],
  ["mouth", "frown", mouth, "lower frown downturned downturn down downward droop turned-down sag"],
  ["mouth", "frown", "", "pout"],
  ["mouth", "open", mouth, "open gape gaping agape ajar part parted"],
  ["mouth", "open", "jaw", "drop dropped slack open fall"],
  [
    "mouth",
    "pressed",
    mouth,
    "press pressed purse pursed tight tighten shut close closed compress",
  ],
  ["head", "nodding", "", "nod"],
  ["head", "nodding", "head", "bob vertically"],
  ["head", "shaking", "head", "shake swing"],
  ["head", "tilted", "head", "tilt tip lean slant cock"],
  ["head", "bowed", "head", "bow lower hang drop down"],
  ["head", "still", "head", "still motionless"],
  [
    "gaze",
    "aside",
    "gaze eye look glance",
    "avert averted aside away sideways sideway sidelong elsewhere",
  ],
  ["gaze", "down", "gaze eye look glance", "downcast down lower lowered downward floor"],
  ["gaze", "up", "gaze eye look glance", "up upward upwards roll ceiling"],
  ["gaze", "direct", "gaze eye look", "direct straight fixed"],
  ["pitch", "high", `pitch pitched ${voice}`, "high higher shrill"],
  ["pitch", "high", "pitch pitched", "raise raised"],
  ["pitch", "high", "", "shrill high-pitched"],
  ["pitch", "low", `pitch pitched ${voice}`, "low deep bass"],
  ["pitch", "low", "pitch pitched", "lower lowered"],
  ["pitch", "cracking", `pitch ${voice}`, "crack break jump broken"],
  ["loudness", "loud", "voice speech speak tone sound volume talk", "loud booming roaring"],
  ["loudness", "loud", "", "shout yell scream roar loud"],
  ["loudness", "loud", "volume loudness", "high raise raised"],
  ["loudness", "loud", "voice", "raise raised"],
  ["loudness", "soft", "voice", "lowered"],
  [
    "loudness",
    "soft",
    "voice speech speak tone sound volume talk",
    "soft quiet hushed faint muffled",
  ],
  ["loudness", "soft", "volume loudness", "low reduced lower"],
  ["loudness", "swelling", "volume loudness", "swell grow increase rise"],
  ["loudness", "swelling", "louder loudness", "grow increase increasing get become"],
  ["loudness", "swelling", "loud", "increasing grow"],
  [
    "tempo",
    "fast",
    speech,
    "fast rapid hurried hurry quick brisk rush rushed faster quicker swift",
  ],
  ["tempo", "slow", speech, "slow sluggish drawn-out unhurried drawl leisurely slower measured"],
  ["tempo", "halting", speech, "halt halting hesitant pause hesitate stammer stutter"],
  ["tempo", "halting", "", "stammer stutter"],
  ["quality", "breathy", "voice tone speech", "breathy whispery airy whisper"],
  ["quality", "harsh", "voice tone speech", "harsh rough rasp raspy hoarse gravelly croaky gruff"],
  [
    "quality",
    "trembling",
    "voice tone speech",
    "tremble tremor shaky shake quiver quaver unsteady wobbly waver",
  ],
  ["quality", "steady", "voice tone speech", "steady clear stable firm even"],
  [
    "intonation",
    "rising",
    "intonation tone inflection",
    "rise up question questioning upward ascend interrogative",
  ],
  ["intonation", "falling", "intonation tone inflection", "fall sink descend down downward drop"],
  [
    "intonation",
    "swinging",
    "intonation tone speech melody inflection",
    "singsong melodic swing lively lilt melody",
  ],
  ["intonation", "flat", "intonation tone inflection voice", "flat monotone monotonous"],
];

/** Rules by the stem of each word that may name a state. */
export const rulesByStem: ReadonlyMap<string, readonly StateRule[]> = index();

function index(): Map<string, StateRule[]> {
  const map = new Map<string, StateRule[]>();
  for (const [factor, state, carriers, words] of table) {
    const rule: StateRule = {
      factor,
      state,
      carriers: carriers.split(" ").filter(Boolean).map(stem),
    };
    for (const word of new Set(words.split(" ").map(stem))) {
      map.set(word, [...(map.get(word) ?? []), rule]);
    }
  }
  return map;
}

/** Every stem that is a carrier of some rule: too general to count as content two claims share. */
export const carrierStems: ReadonlySet<string> = new Set(
  [...rulesByStem.values()].flat().flatMap(({ carriers }) => carriers),
);
