import type { EvidenceModality } from "../src/cues/cue.ts";

/**
 * Paraphrase groups in plain words, for measuring an embedder beside the corpus lexicon. Phrases of
 * one group mean the same; phrases of different groups may both be true at once or exclude each
 * other.
 */
export const cuePhrases: Readonly<Record<EvidenceModality, readonly (readonly string[])[]>> = {
  visual: [
    [
      "she is smiling",
      "a smile on her face",
      "the corners of his lips curl up",
      "he grins broadly",
    ],
    ["his eyebrows are raised", "the brows lift", "eyebrows arched high"],
    ["a deep frown", "the brows are tightly knit", "his forehead is wrinkled"],
    ["her eyes are wide", "eyes opened large", "with widened eyes"],
    ["he looks down at the floor", "her gaze drops", "eyes are cast down"],
    ["tears in her eyes", "she is crying", "tears run down her cheeks"],
    ["his mouth hangs open", "the jaw drops", "lips parted"],
    ["he shakes his head", "the head moves from side to side"],
    ["she nods", "her head bobs up and down"],
    ["shoulders are slumped", "a hunched posture", "his shoulders sag"],
    ["he clenches his fists", "hands tightly closed"],
    ["she waves her hands", "lively gestures"],
    ["he leans forward", "his body moves toward the camera"],
    ["wearing a white shirt", "dressed in a white blouse"],
    ["her cheeks turn red", "she is blushing"],
    ["lips pressed together", "a tight mouth"],
  ],
  acoustic: [
    ["her voice is loud", "she speaks at high volume", "he is shouting"],
    ["speaks softly", "in a quiet voice", "her voice is barely audible"],
    ["he talks very fast", "a rapid speaking rate", "the words come quickly"],
    ["slow and drawn out delivery", "she speaks slowly", "a leisurely pace"],
    ["the voice trembles", "a quavering voice", "her voice shakes"],
    ["a high-pitched tone", "the pitch goes up", "in a shrill voice"],
    ["a deep low voice", "low in pitch", "the voice drops to a low register"],
    ["he sighs", "a long sigh"],
    ["she laughs", "laughter in the voice"],
    ["a flat monotone", "the intonation stays level"],
    ["hoarse and rough voice", "a raspy tone"],
    ["long pauses between words", "he hesitates while speaking", "stammering speech"],
    ["the tone rises at the end", "a rising inflection"],
    ["she sobs", "crying can be heard"],
    ["he stresses every word", "strong emphasis on words"],
  ],
};
