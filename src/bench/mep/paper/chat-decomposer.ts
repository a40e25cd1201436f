import type { ChatModel } from "../../../endpoint/port.ts";
import type { CueExtractor } from "../reference/extractors.ts";
import type { PaperDecomposer } from "./items.ts";
import { printedCueReader } from "./printed-cues.ts";

/** The printed way: a chat model takes the annotation apart, as it does with the thinking. */
export const chatDecomposer = (chat: ChatModel): PaperDecomposer => ({
  id: printedCueReader.id(chat),
  read: (text) => printedCueReader.read(chat, text),
});

/** The free stand-in. */
export const ruleDecomposer = (extractor: CueExtractor): PaperDecomposer => ({
  id: extractor.id,
  read: async (text) => ({ cues: await extractor.extract(text) }),
});
