import { describe, expect, it } from "vitest";
import { accuracyReward, parseLabels } from "./accuracy.ts";
import { accuracyOptions } from "./options.ts";

const closed = accuracyOptions.parse({});
const open = accuracyOptions.parse({ mode: "open" });

describe("closed labels", () => {
  it("takes exactly the label, whatever its case and punctuation", () => {
    expect(accuracyReward(" Joy. ", ["joy"], closed)).toBe(1);
    expect(accuracyReward("sadness", ["joy"], closed)).toBe(0);
  });

  it("gives nothing for a list that holds the label, nor for an empty answer", () => {
    expect(accuracyReward("joy, sadness, anger", ["joy"], closed)).toBe(0);
    expect(accuracyReward("", ["joy"], closed)).toBe(0);
  });
});

describe("how a closed answer is written", () => {
  it.each([
    "`joy`",
    "joy 😊",
    "😂joy",
    "joy\u200B",
    "\uFEFFjoy",
    "jo\u200By",
    "$joy$",
    "joy ❤️",
    "→ joy",
    "joy™",
  ])("%j is joy", (answer) => {
    expect(accuracyReward(answer, ["joy"], closed)).toBe(1);
  });

  it("does not matter in Unicode form, and a sign before a digit is no decoration", () => {
    expect(accuracyReward("de\u0301tresse", ["d\u00e9tresse"], closed)).toBe(1);
    expect(accuracyReward("1", ["-1"], closed)).toBe(0);
    expect(accuracyReward("-1.", ["-1"], closed)).toBe(1);
    expect(accuracyReward("😊", ["joy"], closed)).toBe(0);
  });
});

describe("several labels, or none", () => {
  it("is the F1 of the two lists where a clip has several, in a closed set too", () => {
    expect(accuracyReward("pride, joy", ["joy", "pride"], closed)).toBe(1);
    expect(accuracyReward("joy", ["joy", "pride"], closed)).toBeCloseTo(2 / 3, 12);
    expect(accuracyReward("joy", ["joy", "pride"], open)).toBeCloseTo(2 / 3, 12);
  });

  it("says nothing without a label: no answer is wrong then", () => {
    expect(accuracyReward("joy", [], closed)).toBeNull();
    expect(accuracyReward("", ["", " "], open)).toBeNull();
  });
});

describe("open vocabulary", () => {
  it("reads lists", () => {
    expect(parseLabels("Happy, excited and proud; calm / at ease.")).toEqual([
      "happy",
      "excited",
      "proud",
      "calm",
      "at ease",
    ]);
  });

  it.each([
    "happy，excited",
    "happy、excited",
    "happy；excited",
    "happy; excited",
    "happy / excited",
    "happy & excited",
    "happy or excited",
    "1. happy\n2. excited",
    "1) happy 2) excited",
    "(1) happy (2) excited",
    "１．happy２．excited",
    "1、happy\n2、excited",
    "1️⃣ happy 2️⃣ excited",
    "`happy`, `excited`",
    "happy 😊, excited 🎉",
    "happy 😊 excited 👩🏽‍🎤",
    "happy (80%), excited (20%)",
    "happy: 80.5%, excited: 19,5 %",
    "happy (0.8), excited (0.2)",
    "80% happy and 20％ excited",
    "• happy\n• excited",
    "**Happy** | **Excited**",
    "[happy, excited]",
  ])("reads %j as two labels", (answer) => {
    expect(parseLabels(answer)).toEqual(["happy", "excited"]);
  });

  it("cuts no word and no phrase", () => {
    for (const label of ["sorrow", "randy", "well-meaning", "at ease", "平和", "d\u00e9tresse"]) {
      expect(parseLabels(label)).toEqual([label]);
    }
  });

  it("is the F1 of two sets", () => {
    expect(accuracyReward("happy, angry", ["happy, excited"], open)).toBeCloseTo(0.5, 12);
    expect(accuracyReward("happy, happy, happy", ["happy"], open)).toBe(1);
    expect(accuracyReward("", ["happy"], open)).toBe(0);
  });

  it("reads at most eight labels, and a stuffed list scores lower than the one that counts", () => {
    const fillers = ["calm", "sad", "angry", "proud", "bored", "tense", "shy", "tired"];
    expect(accuracyReward([...fillers, "happy"].join(", "), ["happy"], open)).toBe(0);
    const stuffed = accuracyReward(["happy", ...fillers].join(", "), ["happy"], open);
    expect(stuffed).toBeCloseTo(2 / 9, 12);
  });

  it("takes groups from a function, as a wheel of the user's own is read", () => {
    const groupOf = (label: string) => (label.startsWith("joy") ? "joy" : label);
    expect(accuracyReward("joyous, sad", ["joyful"], open, groupOf)).toBeCloseTo(2 / 3, 12);
  });

  it("compares groups of a wheel where one is given", () => {
    const wheel = { glad: "joy", happy: "joy" };
    const options = accuracyOptions.parse({ mode: "open", wheel });
    expect(accuracyReward("glad", ["happy"], options)).toBe(1);
    expect(accuracyReward("glad", ["happy"], open)).toBe(0);
  });
});
