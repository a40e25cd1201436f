import { freeze, readFrozen } from "../shared/freeze.ts";
import type { MepItems } from "./item.ts";

/** @throws BenchError as `freeze`. Returns the items' hash. */
export const freezeItems = (file: string, items: MepItems): string => freeze(file, items, 2);

/** @throws BenchError as `readFrozen`. */
export const readItems = (file: string): MepItems => readFrozen<MepItems>(file);
