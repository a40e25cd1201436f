/**
 * Texts that make a careless parser slow: something repeated up to a length, each with the words in
 * front of it and behind it that let a pattern begin or keep it from ending.
 */
export interface Pathological {
  name: string;
  text(length: number): string;
}

const repeated = (unit: string, before = "", behind = ""): Pathological => ({
  name: [before, `${JSON.stringify(unit)} × n`, behind].filter(Boolean).join(" … "),
  text: (length) =>
    `${before}${unit.repeat(Math.ceil((length - before.length - behind.length) / unit.length))}${behind}`,
});

/** Units that differ in a number: nothing is a repetition of anything. */
const numbered = (unit: string, between = ", ", before = ""): Pathological => ({
  name: `${before}${JSON.stringify(`${unit} 1${between}`)}, 2, …`,
  text(length) {
    let text = before;
    for (let i = 0; text.length < length; i++) text += `${unit} x${i.toString(36)}${between}`;
    return text;
  },
});

export const pathologicalTexts: readonly Pathological[] = [
  // sections
  repeated("in the video-"),
  repeated("in the video, a smile, in the audio, a loud voice, "),
  repeated("in the video "),
  repeated("the slow pace in the audio, "),
  repeated("in the "),
  repeated("the "),
  repeated("the of the first "),
  repeated("second ", "in the ", "x"),
  repeated("of ", "in the "),
  repeated("frames ", "the "),
  repeated("at the start of the "),
  repeated("as time goes "),
  repeated("I see "),
  repeated("I can also clearly "),
  repeated("visual clues "),
  repeated("- ", "", "video:"),
  repeated(" ", "visual", "x"),
  repeated("video: "),
  repeated("in the audio", "", " "),
  { ...repeated("a smile, ", "", " in the audio"), name: "clauses far before one cue" },
  {
    name: "clauses, a gap and a cue",
    text: (length) =>
      `${"a smile, ".repeat(length / 18)}${" ".repeat(length / 2)}in the video, a frown`,
  },
  // separators
  repeated("of,"),
  repeated("i,"),
  repeated("a,"),
  repeated(","),
  repeated("，"),
  repeated(", "),
  repeated("-"),
  repeated(" - "),
  repeated("a-"),
  repeated("-", "a ", " b"),
  repeated("a-", "a b c d e f g h i j "),
  repeated(" "),
  repeated("\n"),
  repeated("\n- a"),
  repeated(" ", "smile", "smile"),
  repeated("."),
  repeated("a."),
  repeated("…"),
  repeated("1,"),
  repeated("*", "smile", "smile"),
  repeated("/"),
  repeated("'", "a", "b"),
  // quotations
  repeated('"'),
  repeated("「"),
  repeated("“"),
  repeated("«x"),
  repeated('"a" '),
  repeated('says "a", '),
  repeated('a smile, "b", '),
  // tags
  repeated("<think>"),
  repeated("</think>"),
  repeated("<answer></think>"),
  repeated("<think>a</think>"),
  repeated("<"),
  // words
  repeated("a"),
  repeated("smile"),
  repeated("and "),
  {
    name: "a denial far behind, and alternatives",
    text: (length) => `${"the ".repeat(length / 8)}not ${"or ".repeat(length / 6)}`,
  },
  repeated("not ", "", "or"),
  repeated("nor "),
  repeated("neither "),
  repeated("neither nor "),
  repeated("without "),
  repeated("without a "),
  repeated("lack of "),
  repeated("maybe ", "zz "),
  repeated("suggesting "),
  repeated("as well "),
  repeated("as if "),
  repeated("is ", "zz "),
  repeated("a calm, ", "in "),
  repeated("with "),
  repeated("brow raise "),
  repeated("loud increasing voice "),
  repeated("raised brows and lowered brows "),
  repeated("cannot ", "", "see"),
  repeated("no longer hid"),
  repeated("nothing "),
  repeated("the character's "),
  repeated("of the woman ", "a b c d e f g h i "),
  repeated("happy "),
  repeated("etc. "),
  repeated("😀"),
  repeated("\ud83d"),
  repeated("笑，"),
  // claims that differ
  numbered("a smile"),
  numbered("i see"),
  numbered("a sad, loud"),
  numbered("smile", " "),
  numbered("In the video, a smile", ". "),
  // marks of thinking and answers; lists of labels
  repeated("<answer>"),
  repeated("</answer>"),
  repeated("<answer>a</answer>"),
  repeated("<think>a", "<answer>"),
  repeated("[/THINK]"),
  repeated("<|channel|>analysis"),
  repeated("<|a"),
  repeated("1. a "),
  repeated("(80"),
  repeated("😊"),
  repeated("\u200D", "😊"),
  repeated("$", "a"),
];
