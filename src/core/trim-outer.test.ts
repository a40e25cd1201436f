import fc from "fast-check";
import { expect, it } from "vitest";
import { trimOuter } from "./trim-outer.ts";

it("takes away what the pattern takes away", () => {
  const unit = fc.constantFrom("a", " ", ".", "«", "\u2028", "😀", "\u{10100}", "\ud83d", "\udc00");
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const plain = text.replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
      expect(trimOuter(text)).toBe(plain);
    }),
  );
});
