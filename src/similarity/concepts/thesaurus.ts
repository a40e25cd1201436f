/**
 * Thesaurus of facial behaviour, prosody and feelings, in the plain words people use for the units
 * of FACS and of voice description. Words are separated by spaces; `*` ends a stem.
 */
export interface Aspect {
  /** Words that name what is described ("brows", "pitch"). */
  names: string;
  /** State → words that give it to the named thing. */
  states: Readonly<Record<string, string>>;
  /** State → words that give it to a voice named only as such ("deep voice", "speaks fast"). */
  voiced?: Readonly<Record<string, string>>;
  /** State → words that say thing and state at once ("squinting", "shouts"). */
  alone?: Readonly<Record<string, string>>;
  /** States that override others of their aspect: "growing louder" is no steady loudness. */
  dominant?: readonly string[];
}

/** Words for a voice as a whole. */
export const voiceNames = "voice* vocal* tone* speech* speak* spok* talk* utter* sound* deliver*";

/** Words that turn a statement round; two of them cancel. */
export const negations =
  "no not never without lack* hardly absent absence cannot isn't doesn't don't aren't wasn't didn't can't won't";

const tempo = {
  fast: "fast* quick* rapid* hurr* rush* swift* brisk* speedy accelerat* hast*",
  slow: "slow* sluggish* drawn* drawl* drag* leisure* unhurried lengthen* prolong*",
  halting: "halt* hesit* paus* falter* stammer* stutter* disfluent*",
};
const quality = {
  breathy: "breath* whisper* air* aspirat*",
  harsh: "harsh* rough* rasp* hoarse* gravel* grat* husk* strain*",
  trembling: "trembl* shak* quiver* quaver* unstead* wobbl* waver* tremul*",
};
const intonation = {
  rising: "ris* up upward* question* ascend* climb*",
  falling: "fall* down downward* sink* descend*",
  varied: "singsong sing melodic* melodious* swing* lively varied lilt* animated expressive*",
  flat: "flat* monoton* even level",
};
const growing = "swell* grow* increas* crescendo";

/**
 * Every thing the thesaurus knows, by name. Changing it changes similarities: raise the embedder's
 * id.
 */
export const aspects: Readonly<Record<string, Aspect>> = {
  brows: {
    names: "brow* eyebrow* forehead*",
    states: {
      raised: "rais* lift* arch* elevat* up upward* high*",
      furrowed:
        "furrow* lower* knit* knot* frown* drawn draw* contract* together pinch* wrinkl* crease*",
      slanted: "slant* oblique* angl* tilt* slop* inward*",
    },
    alone: { furrowed: "frown* scowl* glower*" },
  },
  eyes: {
    names: "eye eyes eyelid* lid lids",
    states: {
      wide: "wide* large* enlarg* open* bulg* big round*",
      narrowed: "narrow* squint* tight* press* slit*",
      drooping: "droop* heavy half close* shut* sleepy sag* tired*",
    },
    alone: { narrowed: "squint*", wide: "goggl*" },
    dominant: ["narrowed", "drooping"],
  },
  gaze: {
    names: "gaz* glanc* look* star* roll* cast eyeline",
    states: {
      aside: "avert* aside away sideways side sidelong elsewhere left right wander*",
      down: "down* lower* floor ground",
      up: "up upward* lift* rais* ceiling",
      direct: "direct* straight* fixed steady ahead",
    },
    alone: { aside: "avert* sidelong", down: "downcast" },
  },
  mouth: {
    names: "mouth* lip lips jaw* corner*",
    states: {
      smile: "smil* grin* beam* up upturn* upward* lift* rais*",
      frown: "frown* down* lower* droop* sag*",
      open: "open* gap* agape part* drop* ajar hang*",
      tight: "press* purs* tight* clench* thin*",
    },
    alone: { smile: "smil* grin* beam* smirk*", frown: "frown* pout*", open: "gap* agape" },
  },
  head: {
    names: "head* chin",
    states: {
      nod: "nod* bob* vertical*",
      shake: "shak* shook sideways swing* side",
      tilt: "tilt* tip* lean* slant* cock* inclin*",
      down: "bow* lower* hang* drop*",
    },
    alone: { nod: "nod*" },
  },
  tears: {
    names: "",
    states: {},
    alone: { crying: "tear teary tearful* tears weep* cry* cries sob*" },
  },
  skin: {
    names: "skin complexion cheek* face*",
    states: { red: "red* flush* blush*", pale: "pale* white* ashen" },
    alone: { red: "flush* blush*" },
  },
  shoulders: {
    names: "shoulder* posture",
    states: { slumped: "slump* hunch* droop* sag*", raised: "rais* lift* up", shrug: "shrug*" },
    alone: { shrug: "shrug*", slumped: "slump* hunch*" },
  },
  hands: {
    names: "hand hands fist* finger* arm arms",
    states: {
      clenched: "clench* tight* fist*",
      moving: "wav* gestur* mov* point*",
      still: "still motionless rest*",
      trembling: "trembl* shak*",
    },
    alone: { moving: "gestur*" },
  },
  pitch: {
    names: "pitch*",
    states: {
      high: "high* rais* up elevat* shrill*",
      low: "low* deep* down",
      cracking: "crack* break* broke* jump*",
    },
    voiced: { high: "high* shrill* squeak*", low: "deep* low*", cracking: "crack* break*" },
    alone: { high: "shrill* squeak*" },
    dominant: ["cracking"],
  },
  loudness: {
    names: "volume* loudness",
    states: {
      loud: "loud high* rais* up strong* great big",
      soft: "low* quiet* soft* small reduc* decreas* faint*",
      growing: `${growing} rising`,
    },
    voiced: {
      loud: "loud* boom* rais* strong*",
      soft: "soft* quiet* hush* faint* gentl* murmur* mumbl*",
      growing,
    },
    alone: {
      loud: "loud loudly shout* yell* scream* bellow*",
      soft: "quiet* hush* murmur* mumbl*",
      growing: "crescendo",
    },
    dominant: ["growing"],
  },
  tempo: {
    names: "pace* tempo rate speed* rhythm",
    states: tempo,
    voiced: tempo,
    alone: { halting: "hesitant* paus* stammer* stutter* falter*" },
    dominant: ["halting"],
  },
  quality: {
    names: "timbre",
    states: quality,
    voiced: quality,
    alone: { breathy: "whisper* breathy", harsh: "rasp* hoarse*", trembling: "quaver* tremul*" },
  },
  intonation: {
    names: "intonation* inflect* melod* cadence* contour*",
    states: intonation,
    voiced: intonation,
    alone: { varied: "singsong*", flat: "monoton*" },
  },
  laughter: { names: "", states: {}, alone: { laughing: "laugh* chuckl* giggl*" } },
  breath: {
    names: "",
    states: {},
    alone: { sigh: "sigh*", gasp: "gasp*", panting: "pant panting" },
  },
  feeling: {
    names: "emotion* feeling* mood* affect*",
    states: {},
    alone: {
      joy: "joy* happ* delight* cheer* glad* elat* bliss* merr* pleas*",
      sadness:
        "sad* sorrow* grief griev* mourn* melanchol* despair* depress* unhapp* deject* gloom*",
      anger: "anger angr* rage* furious* fury irritat* annoy* wrath* outrag* mad indignan* resent*",
      fear: "fear* fright* afraid dread* terr* scare* panic* anxi* horr* worr* nervous*",
      surprise: "surpris* astonish* amaz* startl* shock* stunned bewilder*",
      disgust: "disgust* revuls* distast* repuls* loath* repel* avers*",
      pride: "pride* proud* triumph* confiden*",
      embarrassment: "embarrass* shame* asham* awkward* humiliat* bashful* mortif*",
      calm: "calm* relax* seren* peace* content*",
      contempt: "contempt* disdain* scorn* mock*",
      love: "love* affection* tender* fond*",
      excitement: "excit* thrill* eager* enthusias*",
      doubt: "doubt* confus* puzzl* perplex* uncertain*",
      relief: "reliev* relief*",
    },
  },
};
