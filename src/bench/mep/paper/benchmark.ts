import { dirname, join } from "node:path";
import { ConfigError } from "../../../core/errors.ts";
import { readText } from "../../../core/text.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { openMaskStore } from "../../mask-media/mask-store.ts";
import type { Benchmark, Candidate, Exam, Session, SharedOptions } from "../../port.ts";
import type { MepTools } from "../asked/grade.ts";
import { needClips } from "../asked/open-questions.ts";
import { givenMedia } from "../asked/questions-with-media.ts";
import { decodeMepItems, mepItemsHash } from "../reference/items.ts";
import { asked, storedPaperAnswers } from "./answers.ts";
import { type PaperOptions, paperOptions } from "./command-options.ts";
import { chosenItems, gradePaper } from "./grade.ts";
import { type PaperItems, paperVersion } from "./items.ts";
import { paperPromptsHash } from "./prompts.ts";
import { defaultPaperQuestions, paperQuestions } from "./questions.ts";

/** MEP-Bench by the protocol of the paper, as far as it is printed. */
export const mepPaperBench = (tools: MepTools): Benchmark<PaperOptions> => ({
  id: "mep-paper",
  title: "MEP-Bench, paper track",
  description: "MEP-Bench as printed: cue recall and masked probes, beside what they lean on",
  options: paperOptions(tools.embedderNames),
  async prepare(options, session) {
    const items = readPaperItems(options);
    if (options.predictions === undefined) return exam(items, options, tools, session);
    const answered = storedPaperAnswers(options.predictions, items, options.mask, session.extent);
    const result = await gradePaper(items, answered, options, tools, session);
    return { outcome: { results: [result] } };
  },
});

/** @throws ConfigError `MEP_ITEMS`; OppoError `FILE_MISSING`; BenchError as `decodeMepItems`. */
function readPaperItems({ items }: PaperOptions): PaperItems {
  if (items === undefined) {
    throw new ConfigError("MEP_ITEMS", "--items is missing", {
      hint: "`oppo bench mep-paper build` freezes an item set",
    });
  }
  return decodeMepItems(readText(items), items, paperVersion) as PaperItems;
}

function exam(
  items: PaperItems,
  options: PaperOptions & SharedOptions,
  tools: MepTools,
  session: Session,
): Exam {
  const { mask, items: file = "items.json", maxTokens, probeTokens, run } = options;
  const clips = needClips(items, options);
  const lengths = {
    mask,
    describeTokens: maxTokens ?? defaultPaperQuestions.describeTokens,
    probeTokens: probeTokens ?? defaultPaperQuestions.probeTokens,
  };
  const systems = run?.map(
    (folder): Candidate => ({ local: true, open: () => tools.openSystem(folder) }),
  );
  return {
    ownLengths: true,
    ...(systems !== undefined && {
      responders: systems,
      folderOf: (responder: string) => `${responder.replace(/[^\w.-]+/g, "_")}-${mask}`,
    }),
    questions: () =>
      givenMedia(paperQuestions(chosenItems(items, options), lengths), items, {
        clips,
        masks: openMaskStore(join(dirname(file), "masked")),
        progress: session.progress,
      }),
    grader() {
      // Who reads the thinking is known before the first question is asked.
      if (options.extractor === "chat") session.judge();
      else tools.extractorNamed(options.extractor);
      return {
        facts: { items: mepItemsHash(items), prompts: paperPromptsHash, mask },
        settings: { "probe tokens": lengths.probeTokens },
        async grade(answered) {
          const results: BenchmarkResult[] = [];
          for (const one of answered) {
            const own = asked(one, run !== undefined, session);
            results.push(await gradePaper(items, own, options, tools, session));
          }
          return { results };
        },
      };
    },
  };
}
