import { z } from "zod";

const letters = z.string().regex(/^[\w.-]+$/, "letters, digits, '.', '_' and '-' only");

/** A name that is no folder of its own: "." and "..". */
const dots = /^\.+$/;

/** Name of a run folder. */
export const runName = letters.refine((name) => !dots.test(name), "a name of dots is no folder");

/**
 * What lies in a run folder besides its systems (`runLayout`), and names that objects keep for
 * themselves.
 */
export const reservedNames: readonly string[] = [
  "cold-start",
  "ceiling",
  "corpus",
  "data",
  "data.json",
  "config.json",
  "versions.json",
  "timings.json",
  "notices.jsonl",
  "tokenizer.json",
  "standardiser.json",
  "mep-items.json",
  "reference-items.json",
  "report.html",
  "table.md",
  "run.lock",
  "__proto__",
  "constructor",
  "prototype",
];

/** Name of a variant, which is a folder of its run. */
export const variantName = letters.refine(
  (name) => !dots.test(name) && !reservedNames.includes(name.toLowerCase()),
  { error: ({ input }) => `'${String(input)}' is taken by something else in a run folder` },
);
