import { describe, expect, it } from "vitest";
import { brokenRule, cuesOfPhrases } from "./printed-rules.ts";

const text = "Her brows are raised; she does not  smile. 她的声音颤抖";

describe("the printed rules for phrases", () => {
  it.each([
    ["Brows are raised", null],
    ["does not smile", null],
    ["声音颤抖", null],
    ["raised", '"raised" has 1 word, not 2 to 6'],
    ["brows are raised; she does not smile", /has 7 words, not 2 to 6/],
    ["tears falling", '"tears falling" does not stand in the text'],
  ])("say of '%s': %s", (phrase, broken) => {
    const found = brokenRule(phrase, text);
    if (broken instanceof RegExp) expect(found).toMatch(broken);
    else expect(found).toBe(broken);
  });

  it("make cues of phrases, each once, with their polarity and place", () => {
    const cues = cuesOfPhrases("visual", ["does not smile", "Does not smile"], text);
    expect(cues).toMatchObject([{ modality: "visual", text: "does not smile", positive: false }]);
    expect(text.slice(cues[0]!.span.start, cues[0]!.span.end)).toBe("does not  smile");
  });
});
