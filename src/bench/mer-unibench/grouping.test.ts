import { describe, expect, it } from "vitest";
import { createGrouping, type GroupingKind } from "./grouping.ts";
import { tinyMapping } from "./mapping.fake.ts";
import { buildMapping } from "./mapping.ts";
import { basicClusters, basicMapping } from "./taxonomy.ts";

const mapping = tinyMapping();
const group = (kind: GroupingKind, word: string) => [...createGrouping(mapping, kind)([word])][0];
const wheel = (index: number, level: 1 | 2, word: string) =>
  group({ method: "M3", wheel: index, level }, word);

describe("groupings", () => {
  it("M1 takes the first base word, M2 the first synonym of it", () => {
    expect(group({ method: "M1" }, "Happily ")).toBe("happy");
    expect(group({ method: "M1" }, "anger")).toBe("angry");
    expect(group({ method: "M1" }, "fear")).toBe("fearless");
    expect(group({ method: "M1" }, "cheerful")).toBeUndefined();
    expect(group({ method: "M2" }, "gladly")).toBe("happy");
    expect(group({ method: "M2" }, "anger")).toBe("angry");
    expect(group({ method: "M2" }, "fear")).toBe("brave");
  });

  it("M3 takes the first candidate that stands on the wheel", () => {
    expect(wheel(0, 1, "gladly")).toBe("joy");
    expect(wheel(0, 1, "fear")).toBe("joy");
    expect(wheel(0, 2, "fear")).toBe("happy");
    // Candidates of "anger" are angry and mad; wheel 2 has only mad.
    expect(wheel(0, 2, "anger")).toBe("angry");
    expect(wheel(1, 1, "anger")).toBe("down");
    expect(wheel(1, 1, "fear")).toBeUndefined();
    expect(wheel(0, 1, "unknown")).toBeUndefined();
  });

  it("keeps forms as they are stored: a capital in the list is never reached", () => {
    const stored = buildMapping("stored", {
      forms: [{ word: "Joy", forms: ["Joyous", " joyful"] }],
      synonyms: [{ word: "Joy", synonyms: [] }],
      wheels: [{ name: "wheel1", rows: [["joy", "joy", "joy"]] }],
    });
    const bases = createGrouping(stored, { method: "M1" });
    expect(bases(["Joy", "joyous", "joyful"])).toEqual([]);
  });

  it("fills wheels down, lower-cases them, and gives level-1 words the first sub-cluster", () => {
    const [first, second] = mapping.wheels;
    expect(Object.fromEntries(first!.level1)).toEqual({
      joy: "joy",
      happy: "joy",
      brave: "joy",
      proud: "joy",
      bad: "bad",
      sad: "bad",
      low: "bad",
      angry: "bad",
      mad: "bad",
    });
    expect(first!.level2.get("bad")).toBe("angry");
    expect(first!.level2.get("proud")).toBe("happy");
    expect(second!.level1.get("mad")).toBe("down");
  });
});

describe("basicMapping", () => {
  it("is labelled as comparable with nothing", () => {
    const basic = basicMapping();
    expect(basic.comparable).toBe(false);
    expect(basic.notes.join()).toMatch(/not comparable/);
  });

  it("puts emotion words where they belong, each once", () => {
    const basic = basicMapping();
    const cluster = createGrouping(basic, { method: "M3", wheel: 0, level: 1 });
    const of = (word: string) => [...cluster([word])][0];
    const words = ["Fear", "worried", "happy", "angry", "sad", "surprise", "disgust", "neutral"];
    expect(words.map(of)).toEqual([
      "fear",
      "fear",
      "joy",
      "anger",
      "sadness",
      "surprise",
      "disgust",
      "neutral",
    ]);
    expect(of("table")).toBeUndefined();
    // A word in two clusters would silently belong to the last one.
    const listed = Object.values(basicClusters).flatMap((groups) =>
      Object.entries(groups).flatMap(([group, list]) => [group, ...list.split(" ")]),
    );
    expect(listed.filter((word, index) => listed.indexOf(word) !== index)).toEqual([]);
  });
});
