import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeFileAtomic } from "../src/core/files.ts";
import { lossTerms } from "../src/loss/terms.ts";
import { maskKinds } from "../src/prompt/masks.ts";
import { rewardTerms } from "../src/rewards/terms.ts";
import { withTables } from "./data-tables.ts";
import { objectivesPage } from "./objectives/page.ts";

/** Pages of docs/ that are written from the code, whole or in their tables. `npm run docs` */
export const pages: Readonly<Record<string, () => string>> = {
  "objectives.md": () => objectivesPage({ loss: lossTerms, reward: rewardTerms, masks: maskKinds }),
  "data.md": () => withTables(written("data.md")),
};

const folder = resolve(import.meta.dirname, "../docs");

/** The page as it is on disk. */
export const written = (name: string): string => readFileSync(resolve(folder, name), "utf8");

if (import.meta.filename === process.argv[1]) {
  for (const [name, page] of Object.entries(pages)) {
    writeFileAtomic(resolve(folder, name), page());
    console.log(`${name} written`);
  }
}
