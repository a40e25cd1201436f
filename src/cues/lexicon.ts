import { stem } from "./words.ts";

/**
 * What a word tells about the modality of the clause it stands in.
 * - `carrier`: a thing that has states ("eyes", "voice"): says where to look, not what is there.
 * - `event`: a complete observation in one word ("smiles", "sobs").
 * - `state`: a state of such a carrier ("furrowed", "loud").
 * - `setting`: clothes, rooms, picture: seen, but no sign of feeling.
 */
export type EvidenceKind = "carrier" | "event" | "state" | "setting";

/** One word's part in labelling. Words that aren't listed are `undefined`, not zero. */
export interface Entry {
  /** 3 settles the modality, 2 is enough alone, 1 needs company or the section's consent. */
  visual: number;
  acoustic: number;
  kind?: EvidenceKind;
  /** Names a feeling: an inference, whatever it is attached to. */
  emotion?: boolean;
  /**
   * A manner of face or voice ("calm", "tense"): observable on a carrier, though a feeling's name
   * too.
   */
  manner?: boolean;
}

type Row = readonly [visual: number, acoustic: number, kind: EvidenceKind, words: string];

/** Words count in every inflection (by stem); `=word` only in exactly this form. */
const rows: readonly Row[] = [
  [
    3,
    0,
    "carrier",
    `brow eyebrow forehead eye eyelid gaze glance pupil lip cheek jaw chin nose nostril teeth tongue facial
    posture gesture fist head mouth shoulder arm finger palm`,
  ],
  [
    2,
    0,
    "carrier",
    "hand neck chest body expression torso leg knee complexion skin limb =look =looks =face =faces",
  ],
  [
    3,
    0,
    "event",
    `smile grin smirk frown scowl grimace nod blink wink squint tear tearful blush flush pout glare shrug
    wave bow =hug =hugs =hugged =hugging embrace kneel sneer clench wince peer =pointing gesticulate dimple beam =gesturing =gazing =stare =stares =stared =staring =glancing`,
  ],
  [
    2,
    0,
    "event",
    `sit sat seat stand stood wear dressed walk lean tilt turn kiss touch cover reach grab pick eat drink
    =looking =watching =driving running dance lie =lying hold held point-finger =moving =moves`,
  ],
  [
    2,
    0,
    "state",
    `furrow wrinkle arch knit averted avert downcast downturned upturned pursed purse =parted =parting slumped
    hunched bulging redden droop agape ajar crease watery moist bloodshot =bared =bares =baring slant sidelong unblinking curl
    wide-eyed upward sideways sideway`,
  ],
  [
    1,
    0,
    "state",
    `raise wide widen narrow lift lower open close shut press curve tight forward backward straight downward left right
    opposite fixed direct away down up red reddish dark bright pale background squeeze round drawn draw together rolled still`,
  ],
  [
    2,
    0,
    "setting",
    `screen scene camera frame indoor outdoor room office clothes clothing shirt suit uniform
    outfit coat jacket =hat =hats glasses chair table sofa window wall door =lighting desk bed =car image picture visual visually
    foreground hospital restaurant kitchen bedroom street cap blue green white black yellow lamp`,
  ],
  [
    0,
    3,
    "carrier",
    `voice vocal vocally tone intonation pitch volume tempo timbre cadence inflection melody accent utterance
    acoustic audio auditory prosody pronunciation enunciation loudness diction articulation vocalization sound`,
  ],
  [
    0,
    2,
    "carrier",
    "pace syllable breath breathing =heard hear audible rhythm register =rate delivery stress speech",
  ],
  [0, 1, "carrier", "speak spoke spoken talk =saying said"],
  [
    0,
    3,
    "event",
    `shout yell scream whisper mumble mutter murmur sob sigh stammer stutter laughter chuckle giggle hum gasp
    roar growl groan moan choke exhale inhale swallow hiccup applause clap footstep music noise wail weep snort sniffle pant shriek`,
  ],
  [0, 2, "event", "pause"],
  [1, 1.5, "event", "laugh cry cries"],
  [0, 1, "event", "hesitation hesitate silence silent"],
  [
    0,
    3,
    "state",
    `loud louder quieter hoarse husky breathy raspy shrill monotone monotonous nasal guttural
    croaky sonorous resonant modulated inaudible aloud`,
  ],
  [
    0,
    1,
    "state",
    `quiet fast faster rapid slow slower quick soft deep high higher low hurried hurry drawling tremble
    trembly shaky shake quaver quiver waver steady steady =even =evenly flat rise rising fall clear clearly harsh rough crisp brisk measured
    gravelly strained creaky booming thin weak faint strong heavy melodic lilting muffled rushed leisurely unhurried
    drawn-out halting sluggish hushed airy rasping crack break singsong swell swelling descend whispery fluent hesitant`,
  ],
];

const emotionWords = `joy joyful joyous happy happiness sad sadness sorrow sorrowful grief grieve mourn anger angry rage
  furious fury irritate irritation irritable annoy annoyance frustrate frustration fear fearful afraid =scared
  frightened terrified terror panic anxious anxiety worry concern nervous nervousness uneasy unease uneasiness
  disgust contempt contemptuous disdain surprise astonish astonishment shock amaze amazement excite excitement
  thrilled delight =pleased pleasure pleasant enjoy enjoyment cheerful cheerfulness amused amusement proud pride
  grateful gratitude love affection affectionate tender tenderness contentment satisfied satisfaction
  dissatisfied dissatisfaction displeased displeasure disappoint disappointment despair desperate depressed depression
  hopeless lonely loneliness guilt guilty ashamed shame embarrass embarrassment shy shyness jealous jealousy envy confuse
  confusion puzzle puzzlement doubt doubtful bored boredom hope hopeful hatred hate hateful hostile hostility resent
  resentment resentful aggrieved grievance upset distress pain painful suffer misery miserable melancholy gloom gloomy
  helpless helplessness regret relief relieved eager eagerness curious curiosity enthusiasm enthusiastic
  positive negative neutral unhappy unhappiness unpleasant impatience impatient
  indignation indignant bitterness sarcastic sarcasm mock mockery sympathy sympathetic tension stressful
  agitated agitation outrage elated elation bliss glee gleeful humor humorous playful playfulness optimistic
  pessimistic heartbroken dismay dread horror horrified bewilder bewilderment wary suspicion suspicious admiration
  appreciation =friendly friendliness warmth sincerity sincere =determined determination confident confidence arrogance
  arrogant indifferent indifference apprehension apprehensive alarmed calmness seriousness vigilance perplexed anguish
  discontent exasperation triumph serenity serene peace peaceful merry merriment woe revulsion repulsed loathing
  aversion distaste awkward awkwardness startled awe fright dejected dejection cheer gladness glad wrath ire =mad vexed vexation`;

const mannerWords = `calm serious solemn grave stern intense tense relaxed gentle gently warm cold firm steady stable
  focused attentive thoughtful blank neutral natural stiff tired =lively energetic dull soothing urgent forceful
  =questioning interrogative mild earnest aggressive excite agitated anxious cheerful playful exaggerated subdued
  restrained animated expressionless vacant hesitant =friendly sarcastic mock`;

const byForm = new Map<string, Entry>();
const byStem = new Map<string, Entry>();

function entryOf(word: string): Entry {
  const exact = word.startsWith("=");
  const key = exact ? word.slice(1) : stem(word);
  const map = exact ? byForm : byStem;
  const entry = map.get(key) ?? { visual: 0, acoustic: 0 };
  map.set(key, entry);
  return entry;
}

for (const [visual, acoustic, kind, words] of rows) {
  for (const word of words.trim().split(/\s+/))
    Object.assign(entryOf(word), { visual, acoustic, kind });
}
for (const word of emotionWords.trim().split(/\s+/)) entryOf(word).emotion = true;
for (const word of mannerWords.trim().split(/\s+/)) entryOf(word).manner = true;

/** What the lexicon knows of a word, given in lower case with its stem. */
export function lookUp(lower: string, stemmed: string): Entry | undefined {
  return byForm.get(lower) ?? byStem.get(stemmed);
}
