import type { Word } from "./words.ts";

const negators = new Set(
  `not no never without neither nor hardly barely scarcely cannot nothing none lack lacks lacking lacked
  absent absence devoid fails fail failed stops stop stopped refuses avoids non`.split(/\s+/),
);

/** A word that denies: counted for polarity, and it keeps "or" in its scope. */
export const isNegator = ({ lower }: Word): boolean => negators.has(lower) || lower.endsWith("n't");
