/** A field of a clip that a column of a user's table can hold. */
export interface VocabularyField {
  /**
   * Names of columns that are taken for it, the surest first. Case, spaces and hyphens don't count.
   */
  names: readonly string[];
  /**
   * Option of every command that names another column; absent where YAML alone (`columns.…`) can.
   */
  option?: string;
  /** What it holds, for documents and editors. */
  meaning: string;
}

/** The one vocabulary of column names: every command that reads a list reads it by this table. */
export const vocabulary = {
  id: {
    names: [
      "clip_id",
      "id",
      "name",
      "names",
      "video_id",
      "video_name",
      "filename",
      "file_name",
      "sample_id",
      "key",
    ],
    option: "--id",
    meaning: "what the clip is called; the name of its file, with or without the ending",
  },
  video: {
    names: ["video", "video_path", "clip", "file", "path", "file_path"],
    meaning: "path of the film, relative to the list or to --videos",
  },
  audio: {
    names: ["audio", "audio_path", "wav"],
    meaning: "path of the sound where it is a file of its own; the film's sound is not heard then",
  },
  videoFeatures: {
    names: ["video_features", "visual_features"],
    meaning: "path of a file of features of the picture, [T, D]",
  },
  audioFeatures: {
    names: ["audio_features", "acoustic_features"],
    meaning: "path of a file of features of the sound, [T, D]",
  },
  text: {
    names: [
      "reference",
      "reasoning",
      "reason",
      "reasons",
      "english",
      "response",
      "description",
      "caption",
      "text",
      "content",
    ],
    option: "--text",
    meaning: "reference reasoning: what is seen, what is heard, what that means",
  },
  label: {
    names: ["label", "labels", "emotion", "emotions", "openset", "ground_truth_label"],
    option: "--label",
    meaning: "right answer: a word, or a list of words; else the reference's <answer>",
  },
  group: {
    names: [
      "group",
      "speaker",
      "speaker_id",
      "dialogue",
      "dialogue_id",
      "dialog",
      "dialog_id",
      "subject",
      "actor",
      "participant",
      "film",
      "movie",
      "session",
    ],
    option: "--group",
    meaning: "speaker, dialogue or film: its clips never stand on two sides of a split",
  },
  subtitle: {
    names: ["subtitle", "subtitles", "sentence", "utterance", "transcript", "transcription"],
    option: "--subtitle",
    meaning: "what is said in the clip",
  },
  question: {
    names: ["question"],
    meaning: "what the model is asked, where not the common question",
  },
  split: {
    names: ["split"],
    meaning:
      "side of the experiment: train (training), validation (val, valid, dev) or test (held-out)",
  },
  congruent: {
    names: ["congruent"],
    meaning: "whether face and voice agree: true or false, yes or no, 1 or 0",
  },
  coldStart: {
    names: ["cold_start", "coldstart"],
    meaning: "response for the cold start to imitate, or a list of them",
  },
} as const satisfies Readonly<Record<string, VocabularyField>>;

export type FieldName = keyof typeof vocabulary;
export const fieldNames = Object.keys(vocabulary) as FieldName[];

/** In place of a column's name: no column holds this field, whatever the columns are called. */
export const noColumn = "-";
