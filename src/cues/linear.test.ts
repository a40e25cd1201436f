import { expect, it } from "vitest";
import { parseLabels } from "../rewards/accuracy.ts";
import { embeddedText } from "../rewards/similarity.ts";
import { judgeSentences } from "./agreement.ts";
import { extractClaims } from "./claims.ts";
import { cuePhrase, decomposeReference } from "./decompose.ts";
import { answerOf, descriptionOf, readsBeyondBlock } from "./description.ts";
import { claimTokens } from "./evidence.ts";
import { pathologicalTexts } from "./pathological.fake.ts";
import { contradicts, polarityOf } from "./polarity.ts";
import { clauseTokens, punctuatedClauses } from "./punctuated.ts";
import { parseResponse } from "./response.ts";

/** Every parser of texts once. What they remember of a text must not make a second run faster. */
function readAll(text: string): void {
  const tokens = Array.from({ length: text.length / 3 }, (_, i) => ({
    start: 3 * i,
    end: 3 * i + 3,
  }));
  parseResponse(text);
  const claims = extractClaims(text);
  claimTokens(
    claims.map((claim) => ({ ...claim, match: 1 })),
    tokens,
  );
  decomposeReference(`${text} and a smile`);
  const clauses = punctuatedClauses(text);
  clauseTokens(
    clauses.map(({ span }) => ({ span, modality: "visual", match: 1 })),
    tokens,
  );
  judgeSentences(`${text} in the audio`);
  polarityOf(text);
  contradicts(`${text} a smile`, `${text} no smile`);
  for (const modality of ["visual", "emotion"] as const) {
    cuePhrase(modality, text);
    embeddedText(modality, text);
  }
  parseLabels(text);
  descriptionOf(text);
  readsBeyondBlock(text);
  answerOf(text);
}

/** Milliseconds of this process, which other work on the machine does not add to. */
function cost(text: string): number {
  const before = process.cpuUsage();
  readAll(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const short = 8192;
/** Two doublings: linear time is 4 times as much, quadratic 16, cubic 64. */
const long = 4 * short;
const most = 9;
/** Less is lost in what the machine does besides: collecting garbage, compiling. */
const unmeasurable = 30;

it.each(pathologicalTexts)(
  "reads $name in time that grows with its length, not faster",
  ({ text }) => {
    const [few, many] = [text(short), text(long)];
    let least = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
    for (let tries = 0; tries < 6; tries++) {
      least = { few: Math.min(least.few, cost(few)), many: Math.min(least.many, cost(many)) };
      if (tries > 0 && least.many < Math.max(unmeasurable, most * least.few)) return;
    }
    expect(least.many).toBeLessThan(Math.max(unmeasurable, most * least.few));
  },
);

it("reads a run of words that two alternatives of a pattern would match", () => {
  const text = `in the ${"second ".repeat(40)}of it`;
  expect(cost(text)).toBeLessThan(1000);
});
