import { buildMapping, type EmotionMapping } from "./mapping.ts";

/**
 * A mapping of ten words on two wheels, with every trap of the real ones: a word in two branches, a
 * form of two base words, a synonym that stands on one wheel only, "fear" as a form of "fearless".
 */
export function tinyMapping(): EmotionMapping {
  return buildMapping("tiny", {
    forms: [
      { word: "happy", forms: ["happy", "happily"] },
      { word: "glad", forms: ["gladly"] },
      { word: "sad", forms: ["sadly"] },
      { word: "fearless", forms: ["fearless", "fear"] },
      { word: "brave", forms: [] },
      { word: "angry", forms: ["anger"] },
      { word: "mad", forms: ["anger", "madly"] },
    ],
    synonyms: [
      { word: " Happy", synonyms: ["glad", " Cheerful "] },
      { word: "brave", synonyms: ["fearless"] },
      { word: "sad", synonyms: [] },
      { word: "mad", synonyms: ["angry", ""] },
      { word: "angry", synonyms: [] },
    ],
    wheels: [
      {
        name: "wheel1",
        rows: [
          ["Joy", "Happy ", "Brave"],
          ["", "", "proud"],
          ["Bad", "sad", "low"],
          ["", "angry", "mad"],
        ],
      },
      {
        name: "wheel2",
        rows: [
          ["up", "happy", "mad"],
          ["down", "sad", "mad"],
        ],
      },
    ],
  });
}
