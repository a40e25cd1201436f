import { join } from "node:path";

/**
 * Where facts about files are kept, by content: one place for every command of a folder of runs.
 */
export const factsFolder = (runs: string): string => join(runs, "inspect");
